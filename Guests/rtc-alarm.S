// rtc-alarm: sleeps until the alarm of the battery-backed clock, which is set to every second. It takes half a second,
// because the guest restarts the clock's divider.
#include "support/cmos.h"
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define ALARMED (CMOS_INTERRUPTED + CMOS_ALARM_INTERRUPT)

begin_guest rtc_alarm
    start_real_mode
    set_vector CLOCK_VECTOR, on_clock
    start_interrupt_controllers 0xfb, 0xfe
    cmos_write CMOS_SECONDS_ALARM, CMOS_ANY
    cmos_write CMOS_MINUTES_ALARM, CMOS_ANY
    cmos_write CMOS_HOURS_ALARM, CMOS_ANY
    cmos_write CMOS_STATUS_B, CMOS_ALARM_INTERRUPT + CMOS_24_HOURS
    cmos_read CMOS_STATUS_C
    cmos_write CMOS_STATUS_A, CMOS_DIVIDER_RESET
    cmos_write CMOS_STATUS_A, CMOS_RATE_1024_HERTZ
sleep:
    sti
    hlt
    cli
    cmpb $0, AT(reasons)
    je sleep

    // The alarm comes with the update of the date.
    mov AT(reasons), %al
    and $ALARMED, %al
    cmp $ALARMED, %al
    must_be_equal
    mov $AT(text), %si
    call print
    exit_with 0

// Register C says why it interrupted.
on_clock:
    push %ax
    cmos_read CMOS_STATUS_C
    mov %al, AT(reasons)
    mov $PIC_END_OF_INTERRUPT, %al
    out %al, $PIC_SLAVE_COMMAND
    out %al, $PIC_MASTER_COMMAND
    pop %ax
    iret

console_routines

reasons:
    .byte 0
text:
    .asciz "the clock's alarm\n"

end_guest rtc_alarm
