// fw-dma: reads the name of the firmware configuration device by DMA, and the time-stamp counter by RDMSR. Prints what
// the device wrote to memory; exits with code 0.
#include "support/console.h"
#include "support/image.h"

// fw_cfg: the address of a request, big-endian, its low half last; the request is done at once.
#define ADDRESS_HIGH 0x514
#define ADDRESS_LOW 0x518
#define TIME_STAMP_COUNTER 0x10

begin_guest fw_dma
    start_real_mode

    mov $TIME_STAMP_COUNTER, %ecx
    rdmsr

    // Where the answer goes: the request's last four bytes.
    mov $AT(answer), %eax
    bswap %eax
    mov %eax, AT(target)

    xor %eax, %eax
    mov $ADDRESS_HIGH, %dx
    outl %eax, %dx
    mov $AT(request), %eax
    bswap %eax
    mov $ADDRESS_LOW, %dx
    outl %eax, %dx

    mov $AT(answer), %si
    call print
    exit_with 0

console_routines

    .balign 4
request:
    // Big-endian: select item 0 and read it; the number of bytes; the high and the low half of the destination.
    .byte 0, 0, 0, 0x0a
    .byte 0, 0, 0, 4
    .long 0
target:
    .long 0

answer:
    .asciz "????\n"

end_guest fw_dma
