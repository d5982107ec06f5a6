// tick-memory-counter: a loop in which no register ever changes, only a counter in memory; the timer's handler folds
// the counter into a hash. Two ticks in the same round differ by nothing a register shows. Prints the hash after 200
// ticks; exits with code 0.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"
#include "support/timer.h"

#define TICKS 200

begin_guest tick_memory_counter
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    sti

    // The flags too are the same at the top of every round.
count:
    pushf
    incl AT(counter)
    popf
    jmp count

on_tick:
    enter_handler
    movl AT(counter), %eax
    fold %eax
    fold_interrupted_state
    end_of_interrupt
    decl AT(ticks_left)
    jz done
    leave_handler

done:
    load_hash
    call print_hex
    call print_newline
    exit_with 0

console_routines
hash_storage

counter:
    .long 0
ticks_left:
    .long TICKS

end_guest tick_memory_counter
