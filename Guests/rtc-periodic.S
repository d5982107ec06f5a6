// rtc-periodic: sleeps through 16 periodic interrupts of the battery-backed clock at 1,024 Hz.
#include "support/cmos.h"
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define INTERRUPTS 16

begin_guest rtc_periodic
    start_real_mode
    set_vector CLOCK_VECTOR, on_clock
    start_interrupt_controllers 0xfb, 0xfe
    cmos_write CMOS_STATUS_A, CMOS_RATE_1024_HERTZ
    cmos_write CMOS_STATUS_B, CMOS_PERIODIC_INTERRUPT + CMOS_24_HOURS
    cmos_read CMOS_STATUS_C
sleep:
    sti
    hlt
    cli
    cmpb $INTERRUPTS, AT(interrupts)
    jb sleep

    mov $AT(text), %si
    call print
    exit_with 0

// Reading register C lets the next one come.
on_clock:
    push %ax
    incb AT(interrupts)
    cmos_read CMOS_STATUS_C
    mov $PIC_END_OF_INTERRUPT, %al
    out %al, $PIC_SLAVE_COMMAND
    out %al, $PIC_MASTER_COMMAND
    pop %ax
    iret

console_routines

interrupts:
    .byte 0
text:
    .asciz "16 interrupts of the clock\n"

end_guest rtc_periodic
