// double-faults: faults in the delivery of faults, in 32-bit protected mode: which pairs make a double fault, whose handler is a
// task because the stack may be bad.
#include "support/experiments-tasks.h"

#define FAULT_TASK 0x48
#define ABSENT_CODE 0x50
#define ABSENT_DATA 0x58
#define BEYOND_TABLE 0x1f8
#define DIVIDE_ERROR 0
#define DOUBLE_FAULT 8
#define NOT_PRESENT 11
#define STACK_FAULT 12
#define GENERAL_PROTECTION 13

.macro set_up_fault_task
    movl $AT(on_double_fault), AT(fault_task) + EIP
    movl $0xa000, AT(fault_task) + ESP
    movl $2, AT(fault_task) + EFLAGS
    set_access FAULT_TASK, 0x89
.endm

// An experiment in which the gate of a vector is absent.
.macro raises_absent name, expected, vector, instruction:vararg
    set_up_fault_task
    begin "\name", "\expected"
    set_gate_type \vector, 0x0e00
    \instruction
    end
    set_gate_type \vector, GATE_INTERRUPT
    clts
    restore_task
.endm

begin_experiments_32 double_faults
    set_base FAULT_TASK, fault_task
    movl $(FAULT_TASK * 0x10000), GATES + DOUBLE_FAULT * 8
    movl $0x8500, GATES + DOUBLE_FAULT * 8 + 4

    // A gate that is absent: the fault about it is contributory.
    xor %ebp, %ebp
    raises_absent "#DE without a gate", "none = 00000000 00000008 00000009 00180000 00000028", DIVIDE_ERROR, div %ebp
    raises_absent "INT3 without a gate is #NP", "0b.001a 0008+09 00002", BREAKPOINT, int3
    mov $BEYOND_TABLE, %ebp
    raises_absent "#GP without a gate", "none = 00000000 00000008 00000009 00180000 00000028", GENERAL_PROTECTION, mov %ebp, %fs
    mov $ABSENT_CODE, %ebp
    raises_absent "#NP without a gate", "none = 00000000 00000008 00000009 00180000 00000028", NOT_PRESENT, mov %ebp, %fs
    mov $ABSENT_DATA, %ebp
    raises_absent "#SS without a gate", "none = 00000000 00000008 00000009 00180000 00000028", STACK_FAULT, mov %ebp, %ss
    set_gate_type 0x32, 0x0e00
    raises_absent "INT without a gate, whose #NP has none", "none = 00000000 00000008 00000009 00180000 00000028", NOT_PRESENT, int $0x32
    mov $TASK_STATE, %ebp
    raises_absent "#GP by LTR without a gate", "none = 00000000 00000008 00000009 00180000 00000028", GENERAL_PROTECTION, ltr %bp

    // Gates of the first fault that lead nowhere.
    xor %ebp, %ebp
    set_up_fault_task
    begin "#DE to absent code", "none = 00000000 00000008 00000009 00180000 00000028"
    set_gate_selector DIVIDE_ERROR, ABSENT_CODE
    div %ebp
    end
    clts
    restore_task
    set_up_fault_task
    begin "#DE to null", "none = 00000000 00000008 00000009 00180000 00000028"
    set_gate_selector DIVIDE_ERROR, 0
    div %ebp
    end
    clts
    restore_task
    set_gate_selector DIVIDE_ERROR, CODE_SEGMENT

    // The stack of the task state segment is bad.
    movw $BEYOND_TABLE, AT(task_state) + 8
    set_up_fault_task
    begin "#UD in ring 3, whose stack in ring 0 is beyond the table", "none = 00000000 0000001b 00000000 00008000 00000028"
    enter_user
    .byte 0x0f, 0x0b, 0x90
    end
    clts
    movw $DATA_SEGMENT, AT(task_state) + 8
    restore_task
    movw $0, AT(task_state) + 8
    set_up_fault_task
    begin "#GP in ring 3, whose stack in ring 0 is null", "none = 00000000 0000001b 00000000 00008000 00000028"
    enter_user
    hlt
    end
    clts
    movw $DATA_SEGMENT, AT(task_state) + 8
    restore_task
    exit_with 0

// The task that handles double faults: notes their error code, and the code segment, place and stack of the task before.
on_double_fault:
    pop %eax
    note %eax, 0
    mov AT(task_state) + CS, %eax
    note %eax, 1
    mov AT(task_state) + EIP, %eax
    sub BEGIN, %eax
    note %eax, 2
    mov AT(task_state) + ESP, %eax
    note %eax, 3
    mov AT(fault_task) + LINK, %eax
    note %eax, 4
    jmp *END

end_experiments_32
    .quad 0
    .word TASK_SIZE - 1, 0
    .byte 0, 0x89, 0, 0
    .quad 0x00cf1b000000ffff
    .quad 0x00cf13000000ffff

    .balign 16
fault_task:
    .fill ES, 1, 0
    .long DATA_SEGMENT, CODE_SEGMENT, DATA_SEGMENT, DATA_SEGMENT, DATA_SEGMENT, DATA_SEGMENT, 0, 0

end_descriptors_32 double_faults
