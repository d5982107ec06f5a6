// two-timers: the interval timer at 1,300 Hz and the clock's periodic interrupt at 1,024 Hz, on two interrupt
// controllers, over a computing loop: 10,000 ticks together, in an order that never repeats. Each folds its line and
// the state it interrupted. Prints both counts and the hash; exits with code 0.
#include "support/cmos.h"
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"
#include "support/timer.h"

#define TICKS 10000

begin_guest two_timers
    start_real_mode
    set_vector TIMER_VECTOR, on_timer
    set_vector CLOCK_VECTOR, on_clock

    // Lines 0 and 2 of the master, line 0 of the slave.
    start_interrupt_controllers 0xfa, 0xfe
    start_timer 1300

    // The clock's periodic interrupt. Reading register C acknowledges what is left from before.
    cmos_write CMOS_STATUS_A, CMOS_RATE_1024_HERTZ
    cmos_write CMOS_STATUS_B, CMOS_PERIODIC_INTERRUPT + CMOS_24_HOURS
    cmos_read CMOS_STATUS_C

    xor %ebx, %ebx
    sti
compute:
    lea 1(%ebx, %ebx, 4), %ebx
    jmp compute

// Line 0.
on_timer:
    enter_handler
    incl AT(timer_ticks)
    mov $0, %eax
    fold %eax
    jmp ticked

// Line 8. Register C says why it interrupted and lets the next one come.
on_clock:
    enter_handler
    incl AT(clock_ticks)
    cmos_read CMOS_STATUS_C
    movzbl %al, %eax
    fold %eax
    mov $PIC_END_OF_INTERRUPT, %al
    out %al, $PIC_SLAVE_COMMAND

// What both do. The line of the slave is ended at both controllers.
ticked:
    fold_interrupted_state
    end_of_interrupt
    movl AT(timer_ticks), %eax
    addl AT(clock_ticks), %eax
    cmpl $TICKS, %eax
    je done
    leave_handler

done:
    movl AT(timer_ticks), %eax
    call print_hex
    mov $' ', %al
    call print_character
    movl AT(clock_ticks), %eax
    call print_hex
    mov $' ', %al
    call print_character
    load_hash
    call print_hex
    call print_newline
    exit_with 0

console_routines
hash_storage

timer_ticks:
    .long 0
clock_ticks:
    .long 0

end_guest two_timers
