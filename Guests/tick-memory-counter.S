// tick-memory-counter: a loop in which no register ever changes, only a counter in memory; the timer's handler folds
// the counter into a hash. No register tells two ticks in the same round apart. Prints the hash after 50 ticks; exits
// with code 0.
#include "support/image.h"
#include "support/ticks.h"

#define TICKS 50

begin_guest tick_memory_counter
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    sti

    // The flags are the same at the top of every round too.
count:
    pushf
    incl AT(counter)
    popf
    jmp count

on_tick:
    enter_handler
    movl AT(counter), %eax
    fold %eax
    leave_tick_handler

finish_ticks TICKS

counter:
    .long 0

end_guest tick_memory_counter
