// fw-cfg: QEMU's firmware configuration device. Reads the signature through the data port and by DMA, and has a write
// by DMA refused.
#include "support/console.h"
#include "support/image.h"

#define SELECTOR 0x510
#define DATA 0x511
#define DMA_ADDRESS_HIGH 0x514
#define DMA_ADDRESS_LOW 0x518

#define ITEM_SIGNATURE 0
#define ITEM_INTERFACES 1
// The ports, and DMA.
#define INTERFACES 0x03

#define DMA_ERROR 0x01
#define DMA_READ 0x02
#define DMA_SELECT 0x08
#define DMA_WRITE 0x10

// A request and its data. Numbers in a request are big-endian.
#define REQUEST SCRATCH
#define TARGET (SCRATCH + 0x100)

.macro select item
    mov $SELECTOR, %dx
    mov $\item, %ax
    out %ax, (%dx)
.endm

// Asks for `control` on four bytes at TARGET; the answer is in EAX. Changes DX. ES is at SCRATCH.
.macro request control
    mov $\control, %eax
    bswap %eax
    mov %eax, %es:0
    mov $4, %eax
    bswap %eax
    mov %eax, %es:4
    movl $0, %es:8
    mov $TARGET, %eax
    bswap %eax
    mov %eax, %es:12
    xor %eax, %eax
    mov $DMA_ADDRESS_HIGH, %dx
    out %eax, (%dx)
    mov $REQUEST, %eax
    bswap %eax
    mov $DMA_ADDRESS_LOW, %dx
    out %eax, (%dx)
    mov %es:0, %eax
    bswap %eax
.endm

begin_guest fw_cfg
    start_real_mode
    mov $(SCRATCH >> 4), %ax
    mov %ax, %es

    // The signature, byte for byte, printed as it comes.
    select ITEM_SIGNATURE
    mov $4, %cx
next_byte:
    mov $DATA, %dx
    in (%dx), %al
    call print_character
    loop next_byte
    call print_newline
    select ITEM_INTERFACES
    mov $DATA, %dx
    in (%dx), %al
    cmp $INTERFACES, %al
    must_be_equal

    request (ITEM_SIGNATURE<<16)+DMA_SELECT+DMA_READ
    cmp $0, %eax
    must_be_equal
    cmpl $0x554d4551, %es:(TARGET - REQUEST)
    must_be_equal
    request DMA_WRITE
    cmp $DMA_ERROR, %eax
    must_be_equal

    mov $AT(text), %si
    call print
    exit_with 0

console_routines

text:
    .asciz "fw_cfg: by port and by DMA\n"

end_guest fw_cfg
