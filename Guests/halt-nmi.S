// halt-nmi: halts with interrupts off, so that only a non-maskable interrupt wakes it: the timer's, once, through the
// I/O APIC. Then it halts again, and nothing is left that could wake it.
#include "support/apic.h"
#include "support/console.h"
#include "support/flat-fs.h"
#include "support/image.h"
#include "support/timer.h"

#define NMI_VECTOR 2
// The timer's, on the I/O APIC.
#define TIMER_PIN 2
// Delivery mode 100, edge-triggered, not masked, to the processor with APIC number 0.
#define SEND_NMI 0x400

#define TIMER_CONTROL 0x43
#define TIMER_COUNTER_0 0x40
// Counter 0, both bytes, mode 0: one edge at the end of the count.
#define TIMER_ONCE 0x30

begin_guest halt_nmi
    start_real_mode
    open_flat_fs
    set_vector NMI_VECTOR, on_nmi
    store_flat LOCAL_APIC_SPURIOUS, LOCAL_APIC_ENABLE | 0xff
    store_flat IO_APIC_SELECT, IO_APIC_REDIRECTION + TIMER_PIN * 2 + 1
    store_flat IO_APIC_DATA, 0
    store_flat IO_APIC_SELECT, IO_APIC_REDIRECTION + TIMER_PIN * 2
    store_flat IO_APIC_DATA, SEND_NMI
    // After 27 ms.
    mov $TIMER_ONCE, %al
    out %al, $TIMER_CONTROL
    xor %al, %al
    out %al, $TIMER_COUNTER_0
    mov $0x80, %al
    out %al, $TIMER_COUNTER_0
    hlt
    cmpb $1, AT(interrupts)
    must_be_equal
    mov $AT(text), %si
    call print
    hlt
    exit_with 2

on_nmi:
    incb %cs:AT(interrupts)
    iret

console_routines
flat_fs_storage

interrupts:
    .byte 0
text:
    .asciz "awake\n"

end_guest halt_nmi
