// pit-power-on: the interval timer in its state after power-on: a count is loaded, and line 0 ticks 18 times a second.
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define COUNTER_0 0x40
#define CONTROL 0x43
// The status of counter 0, except its output: both bytes, a square wave, and a count that is loaded.
#define READ_BACK_STATUS 0xe2
#define STATUS_MASK 0x7f
#define SQUARE_WAVE 0x36

begin_guest pit_power_on
    start_real_mode
    set_vector TIMER_VECTOR, on_tick

    mov $READ_BACK_STATUS, %al
    out %al, $CONTROL
    in $COUNTER_0, %al
    and $STATUS_MASK, %al
    cmp $SQUARE_WAVE, %al
    must_be_equal

    start_interrupt_controllers 0xfe, 0xff
wait:
    sti
    hlt
    cli
    cmpb $3, AT(ticks)
    jne wait

    mov $AT(text), %si
    call print
    exit_with 0

on_tick:
    push %ax
    incb AT(ticks)
    end_of_interrupt
    pop %ax
    iret

console_routines

ticks:
    .byte 0
text:
    .asciz "3 ticks of a timer that nobody has programmed\n"

end_guest pit_power_on
