// tick-nmi-only: a loop with interrupts off for good, in which the timer arrives twice: as an interrupt that the
// processor never takes, and through the I/O APIC as a non-maskable one, which is the only thing that stops the loop. The
// handler folds what it interrupted. Prints the hash after 100 of them; exits with code 0.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"
#include "support/timer.h"

#define TICKS 100
#define NMI_VECTOR 2

#define APIC 0xfee00000
#define APIC_SPURIOUS 0xf0
#define IO_APIC 0xfec00000
#define IO_APIC_DATA 0x10
// The entry of pin 2, where the timer is: its low half, then its high half.
#define TIMER_ENTRY 0x14
// Delivery mode 100, edge-triggered, not masked, to the processor with APIC number 0.
#define SEND_NMI 0x400

begin_guest tick_nmi_only
    start_real_mode

    // FS with a limit of 4 GiB, to reach the APICs from real mode: loaded in protected mode, it stays.
    lgdtl AT(descriptors)
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    mov $8, %bx
    mov %bx, %fs
    and $0xfe, %al
    mov %eax, %cr0

    set_vector NMI_VECTOR, on_nmi
    mov $APIC, %edi
    movl $0x1ff, %fs:APIC_SPURIOUS(%edi)
    mov $IO_APIC, %edi
    movl $(TIMER_ENTRY + 1), %fs:(%edi)
    movl $0, %fs:IO_APIC_DATA(%edi)
    movl $TIMER_ENTRY, %fs:(%edi)
    movl $SEND_NMI, %fs:IO_APIC_DATA(%edi)
    start_ticks 500
    xor %ebx, %ebx

compute:
    lea 1(%ebx, %ebx, 4), %ebx
    jmp compute

on_nmi:
    enter_handler
    fold_interrupted_state
    decl AT(ticks_left)
    jz done
    leave_handler

    // No other one comes before the IRET that never is.
done:
    load_hash
    call print_hex
    call print_newline
    exit_with 0

console_routines
hash_storage

descriptors:
    .word table_end - table - 1
    .long AT(table)
    .balign 8
table:
    .quad 0
    // Data, 4 GiB from address 0.
    .quad 0x00cf92000000ffff
table_end:

ticks_left:
    .long TICKS

end_guest tick_nmi_only
