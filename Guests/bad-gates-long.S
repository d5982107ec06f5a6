// bad-gates-long: raises software interrupts in 64-bit mode whose handlers cannot be entered, and one whose handler has
// its own stack. Checks which fault comes, its error code, and that it is raised at the instruction itself.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define GATES 0x20000
#define GATE_PRESENT 0x8e00
#define CODE_SEGMENT 0x10
#define DATA_SEGMENT 0x18
#define NARROW_CODE 0x20
#define ABSENT_CODE 0x28
#define TASK_STATE 0x30
#define BEYOND_TABLE 0x70
#define INTERRUPT_STACK 0x30000

#define INVALID_TASK_STATE 10
#define NOT_PRESENT 11
#define STACK_FAULT 12
#define GENERAL_PROTECTION 13
// The error code that names a gate.
#define GATE(vector) vector * 8 + 2

// Points the gate of a vector at a handler below 4 GiB.
.macro set_gate vector, handler, selector = CODE_SEGMENT, type = GATE_PRESENT
    mov $AT(\handler), %eax
    mov %ax, GATES + \vector * 16
    movw $\selector, GATES + \vector * 16 + 2
    movw $\type, GATES + \vector * 16 + 4
    shr $16, %eax
    mov %ax, GATES + \vector * 16 + 6
    movq $0, GATES + \vector * 16 + 8
.endm

// An instruction that must fault, at itself.
.macro must_fault number, code, instruction:vararg
    movq $AT(.Lbehind\@), AT(resume)
.Lat\@:
    \instruction
    jmp wrong
.Lbehind\@:
    cmp $STACK_TOP, %rsp
    jne wrong
    cmpl $\number, AT(vector)
    jne wrong
    cmpq $\code, AT(error_code)
    jne wrong
    cmpq $AT(.Lat\@), AT(place)
    jne wrong
.endm

.macro fault_handler number
    movl $\number, AT(vector)
    jmp note
.endm

begin_guest bad_gates_long
    elf64_header start
    elf_headers_end

    .code64
start:
    mov $STACK_TOP, %esp
    mov $AT(task_state), %eax
    mov %ax, AT(task_descriptor) + 2
    shr $16, %eax
    mov %al, AT(task_descriptor) + 4
    lgdt AT(descriptor_table_pointer)
    mov $TASK_STATE, %eax
    ltr %ax
    set_gate INVALID_TASK_STATE, invalid_task_state
    set_gate NOT_PRESENT, not_present
    set_gate STACK_FAULT, stack_fault
    set_gate GENERAL_PROTECTION, general_protection
    lidt AT(gates_pointer)

    // Gates that do not exist, are absent, or have the wrong size for long mode.
    set_gate 0x41, wrong, type = 0x0e00
    must_fault NOT_PRESENT, GATE(0x41), int $0x41
    set_gate 0x41, wrong, type = 0
    must_fault GENERAL_PROTECTION, GATE(0x41), int $0x41
    set_gate 0x41, wrong, type = 0x8600
    must_fault GENERAL_PROTECTION, GATE(0x41), int $0x41
    set_gate 0x41, wrong, type = 0x8500
    must_fault GENERAL_PROTECTION, GATE(0x41), int $0x41
    set_gate 3, wrong, type = 0x0f00
    must_fault NOT_PRESENT, GATE(3), int3

    // Segments that cannot hold a handler.
    set_gate 0x42, wrong, selector = 0
    must_fault GENERAL_PROTECTION, 0, int $0x42
    set_gate 0x42, wrong, selector = BEYOND_TABLE
    must_fault GENERAL_PROTECTION, BEYOND_TABLE, int $0x42
    set_gate 0x42, wrong, selector = DATA_SEGMENT
    must_fault GENERAL_PROTECTION, DATA_SEGMENT, int $0x42
    set_gate 0x42, wrong, selector = NARROW_CODE
    must_fault GENERAL_PROTECTION, NARROW_CODE, int $0x42
    set_gate 0x42, wrong, selector = ABSENT_CODE
    must_fault NOT_PRESENT, ABSENT_CODE, int $0x42

    // A handler at an address that is not canonical.
    set_gate 0x43, wrong
    movl $0x00800000, GATES + 0x43 * 16 + 8
    must_fault GENERAL_PROTECTION, 0, int $0x43

    // Stacks of the task state segment: a good one, one at an address that is not canonical, and one beyond the
    // segment's end.
    set_gate 0x44, on_its_stack, type = GATE_PRESENT + 1
    xor %ebx, %ebx
    int $0x44
    cmp $(INTERRUPT_STACK - 40), %rbx
    must_be_equal
    cmp $STACK_TOP, %rsp
    must_be_equal
    set_gate 0x45, wrong, type = GATE_PRESENT + 2
    must_fault STACK_FAULT, 0, int $0x45
    set_gate 0x45, wrong, type = GATE_PRESENT + 3
    must_fault INVALID_TASK_STATE, TASK_STATE, int $0x45

    // The end of the table: a gate must lie before it.
    must_fault GENERAL_PROTECTION, GATE(0x48), int $0x48

    mov $AT(text), %esi
    call print
    exit_with 0

wrong:
    exit_with 3

on_its_stack:
    mov %rsp, %rbx
    iretq

invalid_task_state:
    fault_handler INVALID_TASK_STATE
not_present:
    fault_handler NOT_PRESENT
stack_fault:
    fault_handler STACK_FAULT
general_protection:
    fault_handler GENERAL_PROTECTION
// Checks what the fault said, and continues after the instruction, on its stack.
note:
    popq AT(error_code)
    popq AT(place)
    mov 16(%rsp), %rsp
    jmp *AT(resume)

console_routines

text:
    .asciz "bad gates in 64-bit mode: every fault at its instruction\n"

    .balign 8
vector:
    .quad 0
error_code:
    .quad 0
place:
    .quad 0
resume:
    .quad 0

descriptors:
    .quad 0, 0
    .quad 0x00af9b000000ffff
    .quad 0x00cf93000000ffff
    .quad 0x00cf9b000000ffff
    .quad 0x00af1b000000ffff
    // The task state segment: 16 bytes in long mode, whose base the code fills in. Its third interrupt stack is cut
    // off.
task_descriptor:
    .word task_state_end - task_state - 1, 0
    .byte 0, 0x89, 0, 0
    .quad 0
descriptor_table_pointer:
    .word descriptor_table_pointer - descriptors - 1
    .quad AT(descriptors)
gates_pointer:
    .word 0x48 * 16 + 14
    .quad GATES

    .balign 8
task_state:
    .fill 36, 1, 0
    .quad INTERRUPT_STACK
    .quad 0x0080000000000000
    .fill 4, 1, 0
task_state_end:

end_program
end_guest bad_gates_long
