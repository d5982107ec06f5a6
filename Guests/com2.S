// com2: the second serial port in loop-back: it keeps its divisor, 16 bytes fill its FIFO and raise line 3, and what
// comes back is printed over COM1.
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define COM2_DATA 0x2f8
#define COM2_INTERRUPT_ENABLE 0x2f9
#define COM2_FIFO_CONTROL 0x2fa
#define COM2_LINE_CONTROL 0x2fb
#define COM2_MODEM_CONTROL 0x2fc
#define COM2_LINE_STATUS 0x2fd
#define COM2_VECTOR (TIMER_VECTOR + 3)

#define DIVISOR_LATCH 0x80
#define EIGHT_BITS 0x03
#define LOOP_BACK 0x10
#define RECEIVED_INTERRUPT 0x01
// FIFO enabled and emptied, with an interrupt from 14 bytes on.
#define FIFO_OF_14 0xc7

.macro com2_write register, value
    mov $\register, %dx
    mov $\value, %al
    out %al, (%dx)
.endm

begin_guest com2
    start_real_mode
    set_vector COM2_VECTOR, on_com2
    start_interrupt_controllers 0xf7, 0xff

    com2_write COM2_LINE_CONTROL, DIVISOR_LATCH
    com2_write COM2_DATA, 0x0c
    in (%dx), %al
    cmp $0x0c, %al
    must_be_equal
    com2_write COM2_LINE_CONTROL, EIGHT_BITS
    com2_write COM2_FIFO_CONTROL, FIFO_OF_14
    com2_write COM2_MODEM_CONTROL, LOOP_BACK
    com2_write COM2_INTERRUPT_ENABLE, RECEIVED_INTERRUPT

    mov $AT(text), %si
    mov $(text_end - text), %cx
    mov $COM2_DATA, %dx
send:
    lodsb
    out %al, (%dx)
    loop send
sleep:
    sti
    hlt
    cli
    cmpb $0, AT(interrupted)
    je sleep

    // Everything that is there.
receive:
    mov $COM2_LINE_STATUS, %dx
    in (%dx), %al
    test $LINE_DATA_READY, %al
    jz received
    mov $COM2_DATA, %dx
    in (%dx), %al
    call print_character
    jmp receive
received:
    exit_with 0

// No output from now on; the bytes stay where they are.
on_com2:
    push %ax
    push %dx
    com2_write COM2_INTERRUPT_ENABLE, 0
    incb AT(interrupted)
    end_of_interrupt
    pop %dx
    pop %ax
    iret

console_routines

interrupted:
    .byte 0
text:
    .ascii "back from COM2.\n"
text_end:

end_guest com2
