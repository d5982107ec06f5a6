// io-apic: redirects the timer's line, edge-triggered, and COM1's, level-triggered, to the local APIC, with the 8259
// pair masked. The level's entry is in service until the local APIC has ended its interrupt.
#include "support/apic.h"
#include "support/console.h"
#include "support/gates.h"
#include "support/image.h"
#include "support/timer.h"

// Line 0 of the PC is pin 2 of the I/O APIC.
#define TIMER_PIN 2
#define COM1_PIN 4
#define TICK_VECTOR 0x50
#define COM1_VECTOR 0x61
#define SPURIOUS_VECTOR 0xff
#define TICKS 5

#define COM1_INTERRUPT_ENABLE 0x3f9
#define COM1_INTERRUPT_IDENTIFICATION 0x3fa
#define TRANSMITTER_EMPTY 0x02

begin_guest io_apic
    start_real_mode
    enter_protected_mode start

start:
    start_protected_mode
    set_gate TICK_VECTOR, on_tick
    set_gate COM1_VECTOR, on_com1
    load_gates
    start_interrupt_controllers 0xff, 0xff
    movl $(LOCAL_APIC_ENABLE + SPURIOUS_VECTOR), LOCAL_APIC_SPURIOUS
    // Version 0x11, 24 pins.
    movl $IO_APIC_VERSION, IO_APIC_SELECT
    cmpl $0x170011, IO_APIC_DATA
    must_be_equal

    redirect TIMER_PIN, TICK_VECTOR
    start_timer 1000
    wait_for ticks, TICKS
    redirect TIMER_PIN, IO_APIC_MASKED + TICK_VECTOR

    redirect COM1_PIN, IO_APIC_LEVEL + COM1_VECTOR
    mov $COM1_INTERRUPT_ENABLE, %dx
    mov $TRANSMITTER_EMPTY, %al
    out %al, (%dx)
    wait_for transmissions, 1
    cmpl $IO_APIC_IN_SERVICE, AT(served)
    must_be_equal
    mov IO_APIC_DATA, %eax
    test $IO_APIC_IN_SERVICE, %eax
    must_be_equal

    mov $AT(text), %esi
    call print
    exit_with 0

on_tick:
    incl AT(ticks)
    movl $0, LOCAL_APIC_END_OF_INTERRUPT
    iret

// The data register still shows COM1's entry. Reading the identification lowers the line; another transmission must not
// raise it again.
on_com1:
    push %eax
    push %edx
    mov IO_APIC_DATA, %eax
    and $IO_APIC_IN_SERVICE, %eax
    mov %eax, AT(served)
    mov $COM1_INTERRUPT_IDENTIFICATION, %dx
    in (%dx), %al
    mov $COM1_INTERRUPT_ENABLE, %dx
    mov $0, %al
    out %al, (%dx)
    incl AT(transmissions)
    movl $0, LOCAL_APIC_END_OF_INTERRUPT
    pop %edx
    pop %eax
    iret

console_routines

    .balign 4
ticks:
    .long 0
transmissions:
    .long 0
served:
    .long 0
text:
    .asciz "I/O APIC: 5 edges, a level\n"

flat_descriptors
descriptors_end
gates_pointer

end_guest io_apic
