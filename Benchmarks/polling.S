// polling: computes, and leaves the processor every so often by reading a port, until the timer has interrupted it so many
// times, 1000 times a second: a guest as drivers are. Prints a line; exits with code 0.
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define TICKS 2000

begin_guest polling
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    sti

    // PAUSE turns between two exits.
poll:
    mov $PAUSE, %cx
compute:
    loop compute
    in $POST_PORT, %al
    cmpl $0, AT(ticks_left)
    jg poll
    cli
    mov $AT(message), %si
    call print
    exit_with 0

on_tick:
    push %ax
    decl AT(ticks_left)
    mov $PIC_END_OF_INTERRUPT, %al
    out %al, $PIC_MASTER_COMMAND
    pop %ax
    iret

console_routines

message:
    .asciz "polled\n"
ticks_left:
    .long TICKS

end_guest polling
