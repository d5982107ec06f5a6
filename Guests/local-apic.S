// local-apic: the local APIC's timer, one-shot and periodic, its in-service bits and end of interrupt, interrupts that the
// processor sends itself, the task priority that holds them back, and the enable bit of the spurious-vector register.
#include "support/apic.h"
#include "support/console.h"
#include "support/gates.h"
#include "support/image.h"
#include "support/timer.h"

#define TICK_VECTOR 0x40
#define SELF_VECTOR 0x51
#define SPURIOUS_VECTOR 0xff
// In the same class as SELF_VECTOR, so not above it.
#define TASK_PRIORITY 0x50

begin_guest local_apic
    start_real_mode
    enter_protected_mode start

start:
    start_protected_mode
    set_gate TICK_VECTOR, on_tick
    set_gate SELF_VECTOR, on_self
    load_gates
    // The 8259 pair must be quiet.
    start_interrupt_controllers 0xff, 0xff
    cmpb $0x14, LOCAL_APIC_VERSION
    must_be_equal
    movl $(LOCAL_APIC_ENABLE + SPURIOUS_VECTOR), LOCAL_APIC_SPURIOUS

    // One shot after a millisecond; the count stays at zero.
    movl $LOCAL_APIC_DIVIDE_BY_1, LOCAL_APIC_DIVIDER
    movl $TICK_VECTOR, LOCAL_APIC_TIMER
    movl $LOCAL_APIC_MILLISECOND, LOCAL_APIC_INITIAL_COUNT
    wait_for ticks, 1
    cmpl $0, LOCAL_APIC_CURRENT_COUNT
    must_be_equal

    // Five more, one every millisecond; then the timer is stopped.
    movl $(LOCAL_APIC_PERIODIC + TICK_VECTOR), LOCAL_APIC_TIMER
    movl $LOCAL_APIC_MILLISECOND, LOCAL_APIC_INITIAL_COUNT
    wait_for ticks, 6
    movl $0, LOCAL_APIC_INITIAL_COUNT

    // It was in service while the handler ran, and not after the handler ended the interrupt.
    testl $VECTOR_BIT(TICK_VECTOR), AT(served)
    jz wrong
    testl $VECTOR_BIT(TICK_VECTOR), AT(served_after_end)
    must_be_equal

    // An interrupt that the guest sends to itself.
    movl $(LOCAL_APIC_TO_SELF + SELF_VECTOR), LOCAL_APIC_COMMAND
    wait_for selves, 1

    // One that the task priority holds back until it is lowered.
    movl $TASK_PRIORITY, LOCAL_APIC_TASK_PRIORITY
    movl $(LOCAL_APIC_TO_SELF + SELF_VECTOR), LOCAL_APIC_COMMAND
    sti
    nop
    nop
    cli
    cmpl $1, AT(selves)
    must_be_equal
    mov LOCAL_APIC_REQUESTED(SELF_VECTOR), %eax
    and $VECTOR_BIT(SELF_VECTOR), %eax
    cmp $VECTOR_BIT(SELF_VECTOR), %eax
    must_be_equal
    movl $0, LOCAL_APIC_TASK_PRIORITY
    wait_for selves, 2

    // Disabling the APIC by software masks its timer.
    movl $SPURIOUS_VECTOR, LOCAL_APIC_SPURIOUS
    cmpl $(LOCAL_APIC_MASKED + LOCAL_APIC_PERIODIC + TICK_VECTOR), LOCAL_APIC_TIMER
    must_be_equal

    mov $AT(text), %esi
    call print
    exit_with 0
wrong:
    exit_with 2

on_tick:
    push %eax
    mov LOCAL_APIC_IN_SERVICE(TICK_VECTOR), %eax
    or %eax, AT(served)
    movl $0, LOCAL_APIC_END_OF_INTERRUPT
    mov LOCAL_APIC_IN_SERVICE(TICK_VECTOR), %eax
    or %eax, AT(served_after_end)
    incl AT(ticks)
    pop %eax
    iret

on_self:
    incl AT(selves)
    movl $0, LOCAL_APIC_END_OF_INTERRUPT
    iret

console_routines

    .balign 4
ticks:
    .long 0
selves:
    .long 0
served:
    .long 0
served_after_end:
    .long 0
text:
    .asciz "local APIC: one shot, periodic, to itself\n"

flat_descriptors
descriptors_end
gates_pointer

end_guest local_apic
