// wrong-register: a bug whose input is to be found. A timer's handler reads a byte from a port and stores it one byte too far
// up its stack, into the AX that it has saved. The interrupted code then goes on with a wrong AH. What it makes of it stays at
// ANSWER: the byte that was AH, then the byte that was AL.
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define ANSWER 0x600

begin_guest wrong_register
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    mov $COM1_SCRATCH, %dx
    mov $0xa5, %al
    out %al, (%dx)
    start_ticks 100

    mov $0x1122, %ax
    sti
    hlt
    cli
    xchg %ah, %al
    mov %ax, ANSWER
    movzwl ANSWER, %eax
    call print_hex
    call print_newline
    exit_with 0

on_tick:
    push %ax
    push %dx
    // What the handler reads belongs into this word's low byte.
    push $0
    push %bp
    mov %sp, %bp
    mov $COM1_SCRATCH, %dx
    in (%dx), %al
    // 0: BP, 2: its own word, 4: DX, 6: AX.
    mov %al, 7(%bp)
    end_of_interrupt
    pop %bp
    add $2, %sp
    pop %dx
    pop %ax
    iret

console_routines

end_guest wrong_register
