// apic-timer-mode: switching the local APIC's timer from one-shot to periodic and back stops it; setting the same mode
// again does not.
#include "support/apic.h"
#include "support/console.h"
#include "support/image.h"
#include "support/protected-mode.h"

#define VECTOR 0x40
#define LONG_TIME 0xf0000000

// Starts the timer in a mode, sets another one, and checks whether it still counts. The last comparison is with 0.
.macro change from, to
    movl $(LOCAL_APIC_MASKED + \from + VECTOR), LOCAL_APIC_TIMER
    movl $LONG_TIME, LOCAL_APIC_INITIAL_COUNT
    movl $(LOCAL_APIC_MASKED + \to + VECTOR), LOCAL_APIC_TIMER
    cmpl $0, LOCAL_APIC_CURRENT_COUNT
.endm

begin_guest apic_timer_mode
    start_real_mode
    enter_protected_mode wide

wide:
    start_protected_mode
    movl $LOCAL_APIC_DIVIDE_BY_1, LOCAL_APIC_DIVIDER
    change 0, LOCAL_APIC_PERIODIC
    must_be_equal
    change LOCAL_APIC_PERIODIC, 0
    must_be_equal
    change 0, 0
    je stopped
    change LOCAL_APIC_PERIODIC, LOCAL_APIC_PERIODIC
    je stopped

    mov $AT(text), %esi
    call print
    exit_with 0

stopped:
    exit_with 2

console_routines

text:
    .asciz "local APIC: a change of mode stops the timer\n"

flat_descriptors
descriptors_end

end_guest apic_timer_mode
