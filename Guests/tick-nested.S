// tick-nested: a handler that lets itself be interrupted, three deep, and is busy long enough for that to happen.
// Each call folds its depth and the state it interrupted. Prints the hash after 50 ticks; exits with code 0.
#include "support/image.h"
#include "support/ticks.h"

#define TICKS 50
#define DEPTH_LIMIT 3
#define BUSY_ROUNDS 1500

begin_guest tick_nested
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    xor %ebx, %ebx
    sti

    // The bottom of the nest: a separate loop.
compute:
    lea 1(%ebx, %ebx, 4), %ebx
    jmp compute

on_tick:
    enter_handler
    incl AT(depth)
    movl AT(depth), %eax
    fold %eax
    fold_interrupted_state
    end_of_interrupt
    count_tick

    // Below the limit, work with interrupts enabled: the next tick comes here.
    cmpl $DEPTH_LIMIT, AT(depth)
    jae leave
    mov $BUSY_ROUNDS, %ecx
    sti
busy:
    dec %ecx
    jnz busy
    cli

leave:
    decl AT(depth)
    leave_handler

finish_ticks TICKS

depth:
    .long 0

end_guest tick_nested
