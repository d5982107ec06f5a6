// bad-gates: raises software interrupts in 32-bit protected mode whose handlers cannot be entered, and executes IRETs
// that cannot return. Checks which fault comes, its error code, and that it is raised at the instruction itself.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"
#include "support/gates.h"

#define HEADER_MAGIC 0x1badb002
#define ABSENT_CODE 0x18
#define USER_CODE 0x20
#define BEYOND_TABLE 0x70

#define NOT_PRESENT 11
#define GENERAL_PROTECTION 13
// The error code that names a gate.
#define GATE(vector) vector * 8 + 2

// Changes a gate: its selector, or its type and presence.
.macro set_selector vector, selector
    movw $\selector, GATES + \vector * 8 + 2
.endm
.macro set_type vector, type
    movw $\type, GATES + \vector * 8 + 4
.endm

// An instruction that must fault, at itself.
.macro must_fault number, code, instruction:vararg
    movl $AT(.Lbehind\@), AT(resume)
.Lat\@:
    \instruction
    jmp wrong
.Lbehind\@:
    mov $STACK_TOP, %esp
    cmpl $\number, AT(vector)
    jne wrong
    cmpl $\code, AT(error_code)
    jne wrong
    cmpl $AT(.Lat\@), AT(place)
    jne wrong
.endm

// An IRET to a code segment that must fault.
.macro must_not_return number, code, selector
    pushf
    push $\selector
    push $AT(wrong)
    must_fault \number, \code, iret
.endm

begin_guest bad_gates
    elf32_header start
    elf_headers_end
    .balign 4
    .long HEADER_MAGIC, 0, -HEADER_MAGIC

    .code32
start:
    lgdt AT(descriptor_table_pointer)
    ljmp $CODE_SEGMENT, $AT(reloaded)
reloaded:
    mov $0x10, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $STACK_TOP, %esp
    set_gate NOT_PRESENT, not_present
    set_gate GENERAL_PROTECTION, general_protection
    .irp good, 3, 4, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x48
    set_gate \good, count
    .endr
    load_gates

    // INT n, INT3 and INTO through good gates return to the instruction after them; INTO does so only with OF set.
    xor %edi, %edi
    set_type 0x40, 0x8f00
    int $0x40
    int3
    xor %eax, %eax
    into
    cmp $2, %edi
    must_be_equal
    mov $0x7f, %al
    inc %al
    into
    cmp $3, %edi
    must_be_equal

    // Gates that do not exist or are absent.
    set_type 0x41, 0x0e00
    must_fault NOT_PRESENT, GATE(0x41), int $0x41
    set_type 0x41, 0
    must_fault GENERAL_PROTECTION, GATE(0x41), int $0x41
    set_type 0x41, 0x8900
    must_fault GENERAL_PROTECTION, GATE(0x41), int $0x41
    set_type 3, 0x0e00
    must_fault NOT_PRESENT, GATE(3), int3
    set_type 4, 0x0e00
    mov $0x7f, %al
    inc %al
    must_fault NOT_PRESENT, GATE(4), into

    // Segments that cannot hold a handler.
    set_selector 0x42, 0
    must_fault GENERAL_PROTECTION, 0, int $0x42
    set_selector 0x43, BEYOND_TABLE
    must_fault GENERAL_PROTECTION, BEYOND_TABLE, int $0x43
    set_selector 0x44, DATA_SEGMENT
    must_fault GENERAL_PROTECTION, DATA_SEGMENT, int $0x44
    set_selector 0x45, ABSENT_CODE
    must_fault NOT_PRESENT, ABSENT_CODE, int $0x45
    set_selector 0x46, USER_CODE
    must_fault GENERAL_PROTECTION, USER_CODE, int $0x46

    // The same for IRET.
    must_not_return GENERAL_PROTECTION, 0, 0
    must_not_return GENERAL_PROTECTION, BEYOND_TABLE, BEYOND_TABLE
    must_not_return GENERAL_PROTECTION, DATA_SEGMENT, DATA_SEGMENT
    must_not_return NOT_PRESENT, ABSENT_CODE, ABSENT_CODE

    // The end of the table: a gate must lie before it.
    lidt AT(short_table_pointer)
    must_fault GENERAL_PROTECTION, GATE(0x48), int $0x48

    mov $AT(text), %esi
    call print
    exit_with 0

wrong:
    exit_with 3

count:
    inc %edi
    iret

// The faults: check what they said, and continue after the instruction.
not_present:
    movl $NOT_PRESENT, AT(vector)
    jmp note
general_protection:
    movl $GENERAL_PROTECTION, AT(vector)
note:
    popl AT(error_code)
    popl AT(place)
    jmp *AT(resume)

console_routines

text:
    .asciz "bad gates: every fault at its instruction\n"
    .balign 4
vector:
    .long 0
error_code:
    .long 0
place:
    .long 0
resume:
    .long 0

flat_descriptors
    // Absent code, code for ring 3.
    .quad 0x00cf1b000000ffff
    .quad 0x00cffb000000ffff
descriptors_end
gates_pointer
short_table_pointer:
    .word 0x48 * 8 + 6
    .long GATES

end_program
end_guest bad_gates
