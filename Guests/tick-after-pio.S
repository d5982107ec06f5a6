// tick-after-pio: a loop that does almost nothing but read a port, so that ticks land on the instruction right after
// the read: the read must be complete by then, and be done once. Prints a hash over ticks and values after 200 ticks;
// exits with code 0.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"
#include "support/timer.h"

#define TICKS 200

begin_guest tick_after_pio
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    xor %ebx, %ebx
    sti

    // The running counter of the timer's channel 0, whatever half of it comes; EBX sums.
read:
    in $PIT_CHANNEL_0, %al
    add %al, %bl
    in $PIT_CHANNEL_0, %al
    add %al, %bh
    jmp read

on_tick:
    enter_handler
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

ticks_left:
    .long TICKS

end_guest tick_after_pio
