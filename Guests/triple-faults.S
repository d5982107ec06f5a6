// triple-faults: shuts the processor down in protected and long mode, once at each start, by a fault whose handler cannot be entered, nor that of
// the double fault. The clock's memory counts the starts. Prints the number of each; exits with code 0 at the last.
#include "support/cmos.h"
#include "support/console.h"
#include "support/image.h"
#include "support/long-mode.h"

// A byte of the clock's memory that nobody else uses.
#define CMOS_STARTS 0x51
#define CODE_32 0x08

begin_guest triple_faults
    start_real_mode
    cmos_read CMOS_STARTS
    mov %al, %bl
    mov $CMOS_STARTS, %al
    out %al, $CMOS_INDEX
    mov %bl, %al
    inc %al
    out %al, $CMOS_DATA
    mov %bl, %al
    add $'0', %al
    call print_character
    cmp $1, %bl
    jb in_protected_mode
    je in_long_mode
    cmp $3, %bl
    jb in_ring_3
    je by_a_stack
    call print_newline
    exit_with 0

// No room in the table for the vector.
in_protected_mode:
    lidt AT(no_interrupt_table)
    lgdtl AT(narrow_table_pointer)
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    ljmpl $CODE_32, $AT(narrow)

in_long_mode:
    lidt AT(no_interrupt_table)
    mov $AT(wide), %ebp
    jmp to_long_mode
in_ring_3:
    lidt AT(no_interrupt_table)
    mov $AT(wide_ring_3), %ebp
    jmp to_long_mode
by_a_stack:
    mov $AT(wide_stack), %ebp
to_long_mode:
    enter_long_mode entered

console_routines

    .code32
narrow:
    int3

entered:
    start_long_mode
    jmp *%rbp

wide:
    ud2

wide_ring_3:
    mov $TASK_STATE, %eax
    ltr %ax
    enter_ring_3 user, 0
user:
    hlt

// The handler's stack is absent, and so is that of the page fault about it.
wide_stack:
    lidt AT(interrupt_table_pointer)
    mov $0x7fffffff0000, %rsp
    ud2

no_interrupt_table:
    .word 0
    .long 0, 0

narrow_table_pointer:
    .word 15
    .long AT(narrow_table)
    .balign 8
narrow_table:
    .quad 0, 0x00cf9b000000ffff

long_mode_tables
    .balign 8
timer_interrupt_table wide

end_guest triple_faults
