// double-faults-long: faults in the delivery of faults in 64-bit mode: which pairs make a double fault. Its handler has a stack of its
// own.
#include "support/experiments-64.h"

#define DIVIDE_ERROR 0
#define DOUBLE_FAULT 8
#define NOT_PRESENT 11
#define STACK_FAULT 12
#define GENERAL_PROTECTION 13
#define ABSENT_DATA 0x50
#define ABSENT_CODE 0x58
#define BEYOND_TABLE 0x1f8
#define ABSENT_PAGE 0x40000000

// An experiment in which the gate of a vector is absent.
.macro raises_absent name, expected, vector, instruction:vararg
    begin "\name", "\expected"
    set_gate_type \vector, 0x0e00
    \instruction
    end
    set_gate_type \vector, GATE_INTERRUPT
.endm

begin_experiments_64 double_faults_long
    set_gate_type DOUBLE_FAULT, GATE_INTERRUPT + 1
    xor %ebp, %ebp
    raises_absent "#DE without a gate", "08.0000 0008+0a 00002", DIVIDE_ERROR, div %ebp
    mov $BEYOND_TABLE, %ebp
    raises_absent "#GP without a gate", "08.0000 0008+0a 00002", GENERAL_PROTECTION, mov %ebp, %fs
    mov $ABSENT_DATA, %ebp
    raises_absent "#NP without a gate", "08.0000 0008+0a 00002", NOT_PRESENT, mov %ebp, %fs
    raises_absent "#SS without a gate", "08.0000 0008+0a 00002", STACK_FAULT, mov %ebp, %ss
    mov $ABSENT_PAGE, %ebp
    raises_absent "#PF without a gate", "08.0000 0008+0a 00002", PAGE_FAULT, mov (%rbp), %eax
    raises_absent "#PF without a gate, by a jump", "08.0000 0008@40000000 00002", PAGE_FAULT, jmp *%rbp
    xor %ebp, %ebp
    begin "#DE to absent code", "08.0000 0008+0a 00002"
    set_gate_selector DIVIDE_ERROR, ABSENT_CODE
    div %ebp
    end
    set_gate_selector DIVIDE_ERROR, CODE_SEGMENT

    // A stack that is absent: the page fault about a page fault is a double fault, that about another fault is not.
    begin "#PF with an absent stack", "08.0000 0008+05 00002"
    mov $ABSENT_PAGE + 0x1000, %esp
    mov ABSENT_PAGE, %eax
    end
    set_gate_type PAGE_FAULT, GATE_INTERRUPT + 2
    begin "#UD with an absent stack", "0e.0002 0008+05 00002 cr2 40000ff8"
    mov $ABSENT_PAGE + 0x1000, %esp
    .byte 0x0f, 0x0b, 0x90
    end
    begin "PUSH with an absent stack", "0e.0002 0008+05 00002 cr2 40000ff8"
    mov $ABSENT_PAGE + 0x1000, %esp
    push %rax
    end
    set_gate_type PAGE_FAULT, GATE_INTERRUPT

    // From ring 3.
    begin "ring 3, #GP without a gate", "08.0000 002b+00 00002 0023:8000"
    set_gate_type GENERAL_PROTECTION, 0x0e00
    enter_user
    hlt
    end
    set_gate_type GENERAL_PROTECTION, GATE_INTERRUPT

end_experiments_64
    .quad 0x00cf13000000ffff
    .quad 0x00af1b000000ffff

end_descriptors_64 double_faults_long
