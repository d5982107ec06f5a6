// tick-after-pio: a loop that does almost nothing but read a port, so that ticks arrive at the instruction right after
// the read. By then the read must be complete, and done only once. Prints a hash of ticks and values after 50 ticks;
// exits with code 0.
#include "support/image.h"
#include "support/ticks.h"

#define TICKS 50

begin_guest tick_after_pio
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    xor %ebx, %ebx
    sti

    // The running counter of the timer's channel 0, whichever half of it comes; EBX sums.
read:
    in $PIT_CHANNEL_0, %al
    add %al, %bl
    in $PIT_CHANNEL_0, %al
    add %al, %bh
    jmp read

on_tick:
    enter_handler
    leave_tick_handler

finish_ticks TICKS

end_guest tick_after_pio
