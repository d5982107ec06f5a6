// tick-shadows: the places where an interrupt must wait: after STI, after MOV SS and POP SS, in HLT until it comes,
// in a long stretch with interrupts off, and windows one instruction wide. The handler folds where it was called
// from, and the guest exits with code 1 if that is a place where no interrupt may be taken. Prints the hash after 50
// ticks; exits with code 0.
#include "support/image.h"
#include "support/ticks.h"

#define TICKS 50

// Rounds of a stretch with interrupts off: longer than a tick if an emulator executes it.
#define DEAF_ROUNDS 4000

begin_guest tick_shadows
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000

round:
    // STI: the instruction after it is still protected, the one after that is not.
    sti
after_sti:
    inc %ebx
    inc %ebx
    cli

    // A window with nothing in it: STI, and CLI in its shadow. Not even a waiting interrupt may be taken.
    sti
after_sti_before_cli:
    cli
after_empty_window:
    nop

    // MOV SS and POP SS protect the instruction after them, so that SS and SP change together.
    sti
    nop
    xor %ax, %ax
    mov %ax, %ss
after_mov_ss:
    mov $STACK_TOP, %sp
    push %ss
    pop %ss
after_pop_ss:
    inc %ebx

    // Interrupts off for long: a tick that comes in this time is taken at the end.
    cli
    mov $DEAF_ROUNDS, %cx
deaf:
    dec %cx
    jnz deaf
    sti
after_deaf:
    nop
    nop

    // Sleeps until the next tick, and not less: HLT ends with a tick and with nothing else. The NOP takes a tick that
    // is already waiting; no tick comes between the count and HLT.
    cli
    mov AT(ticks_left), %edi
    sti
before_halt:
    hlt
    cli
    cmp AT(ticks_left), %edi
    jne round
    exit_with 2

on_tick:
    enter_handler

    // Called from a protected place?
    mov $AT(forbidden), %si
next_forbidden:
    lodsw
    test %ax, %ax
    jz allowed
    cmp SAVED_IP(%bp), %ax
    jne next_forbidden
    movzwl %ax, %eax
    call print_hex
    call print_newline
    exit_with 1

allowed:
    leave_tick_handler

finish_ticks TICKS

forbidden:
    .word AT(after_sti), AT(after_sti_before_cli), AT(after_empty_window)
    .word AT(after_mov_ss), AT(after_pop_ss), AT(after_deaf), AT(before_halt), 0

end_guest tick_shadows
