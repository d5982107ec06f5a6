// password: reads a line from COM1 without printing it, waits three ticks while the line is in memory, wipes it from
// memory and registers, and says so. Its behaviour depends only on the end of the line. Exits with code 0.
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define TICKS 3

begin_guest password
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    mov $AT(prompt), %si
    call print
    mov $SCRATCH >> 4, %ax
    mov %ax, %es
    xor %di, %di

wait:
    mov $COM1_LINE_STATUS, %dx
    in (%dx), %al
    test $LINE_DATA_READY, %al
    jz wait
    mov $COM1_DATA, %dx
    in (%dx), %al
    stosb
    cmp $'\n', %al
    jne wait

    // Hold it, in memory and in a register that the handler leaves alone.
    mov %es:0, %ebx
    start_ticks 100
    sti
hold:
    cmpl $0, AT(ticks_left)
    jne hold
    cli

    // Wipe it.
    xor %ebx, %ebx
    xor %eax, %eax
    mov %di, %cx
    xor %di, %di
    rep stosb
    mov $AT(answer), %si
    call print
    exit_with 0

on_tick:
    push %ax
    decl AT(ticks_left)
    end_of_interrupt
    pop %ax
    iret

console_routines

prompt:
    .asciz "password: "
answer:
    .asciz "forgotten\n"
    .balign 4
ticks_left:
    .long TICKS

end_guest password
