// tick-nmi: every tick's handler sends a non-maskable interrupt to its own processor through the local APIC, and is
// itself interrupted by it. Both handlers fold what they interrupted. Prints the hash and the number of non-maskable
// interrupts after 50 ticks; exits with code 0.
#include "support/apic.h"
#include "support/flat-fs.h"
#include "support/image.h"
#include "support/ticks.h"

#define TICKS 50
#define NMI_VECTOR 2
#define SEND_NMI_TO_SELF (LOCAL_APIC_TO_SELF | 0x400)

begin_guest tick_nmi
    start_real_mode
    open_flat_fs
    // The APIC on, spurious interrupts at vector 0xff.
    store_flat LOCAL_APIC_SPURIOUS, LOCAL_APIC_ENABLE | 0xff

    set_vector NMI_VECTOR, on_nmi
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    xor %ebx, %ebx
    sti

compute:
    lea 1(%ebx, %ebx, 4), %ebx
    jmp compute

on_tick:
    enter_handler
    store_flat LOCAL_APIC_COMMAND, SEND_NMI_TO_SELF
    leave_tick_handler

on_nmi:
    enter_handler
    incl AT(nmis)
    fold_interrupted_state
    leave_handler

done:
    load_hash
    call print_hex
    mov $' ', %al
    call print_character
    mov AT(nmis), %eax
    call print_hex
    call print_newline
    exit_with 0

ticks_storage TICKS
flat_fs_storage

nmis:
    .long 0

end_guest tick_nmi
