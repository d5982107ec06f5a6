// tick-nmi-only: a loop with interrupts off for good, in which the timer arrives twice: as an interrupt that the
// processor never takes, and through the I/O APIC as a non-maskable one, which is the only thing that stops the loop. The
// handler folds what it interrupted. Prints the hash after 25 of them; exits with code 0.
#include "support/apic.h"
#include "support/flat-fs.h"
#include "support/image.h"
#include "support/ticks.h"

#define TICKS 25
#define NMI_VECTOR 2
// The timer's, on the I/O APIC.
#define TIMER_PIN 2
// Delivery mode 100, edge-triggered, not masked, to the processor with APIC number 0.
#define SEND_NMI 0x400

begin_guest tick_nmi_only
    start_real_mode
    open_flat_fs
    set_vector NMI_VECTOR, on_nmi
    store_flat LOCAL_APIC_SPURIOUS, LOCAL_APIC_ENABLE | 0xff
    store_flat IO_APIC_SELECT, IO_APIC_REDIRECTION + TIMER_PIN * 2 + 1
    store_flat IO_APIC_DATA, 0
    store_flat IO_APIC_SELECT, IO_APIC_REDIRECTION + TIMER_PIN * 2
    store_flat IO_APIC_DATA, SEND_NMI
    start_ticks 500
    xor %ebx, %ebx

compute:
    lea 1(%ebx, %ebx, 4), %ebx
    jmp compute

on_nmi:
    enter_handler
    fold_interrupted_state
    count_tick
    leave_handler

    // No other one comes before IRET, which is never executed.
finish_ticks TICKS
flat_fs_storage

end_guest tick_nmi_only
