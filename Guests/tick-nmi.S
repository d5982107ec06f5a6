// tick-nmi: every tick's handler sends a non-maskable interrupt to its own processor through the local APIC, and is
// interrupted by it in its middle. Both handlers fold what they interrupted. Prints the hash and the number of
// non-maskable interrupts after 200 ticks; exits with code 0.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"
#include "support/timer.h"

#define TICKS 200
#define NMI_VECTOR 2

#define APIC 0xfee00000
#define APIC_SPURIOUS 0xf0
#define APIC_COMMAND 0x300
// To itself, level asserted, non-maskable.
#define SEND_NMI_TO_SELF 0x00044400

begin_guest tick_nmi
    start_real_mode

    // FS with a limit of 4 GiB, to reach the APIC from real mode: loaded in protected mode, it stays.
    lgdtl AT(descriptors)
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    mov $8, %bx
    mov %bx, %fs
    and $0xfe, %al
    mov %eax, %cr0

    // The APIC on, spurious interrupts at vector 0xff.
    mov $APIC, %edi
    movl $0x1ff, %fs:APIC_SPURIOUS(%edi)

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
    mov $APIC, %edi
    movl $SEND_NMI_TO_SELF, %fs:APIC_COMMAND(%edi)
    fold_interrupted_state
    end_of_interrupt
    decl AT(ticks_left)
    jz done
    leave_handler

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

nmis:
    .long 0
ticks_left:
    .long TICKS

end_guest tick_nmi
