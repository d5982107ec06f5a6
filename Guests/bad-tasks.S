// bad-tasks: a fault that a task handles, and hardware switches to tasks whose state is bad: the exception comes in the new task,
// before its first instruction.
#include "support/experiments-tasks.h"

#define FAULT_TASK 0x48
#define BEYOND_TABLE 0x1f8
#define INVALID_TASK 10

// Switches to a task whose state has a bad field. The exception belongs to the new task, whose stack may be bad: a task of its own
// handles it.
.macro bad_task name, expected, field, value
    prepare bad
    movl $AT(on_bad_task), AT(fault_task) + EIP
    movl $0xa000, AT(fault_task) + ESP
    set_access FAULT_TASK, 0x89
    begin "\name", "\expected"
    movl $\value, AT(other_task) + \field
    ljmp $OTHER_TASK, $0
    end
    clts
    restore_task
.endm

begin_experiments_32 bad_tasks
    set_base OTHER_TASK, other_task
    set_base FAULT_TASK, fault_task
    // A fault's own task has its error code on its stack, and can go back.
    movl $(OTHER_TASK * 0x10000), GATES + 13 * 8
    movl $0x8500, GATES + 13 * 8 + 4
    prepare 1f
    begin "a fault through a task gate, with its error code", "none = 000001f8 00009000 00000005"
    mov $BEYOND_TABLE, %eax
    mov %eax, %fs
    jmp 2f
1:
    pop %eax
    note %eax, 0
    note %esp, 1
    mov AT(task_state) + EIP, %eax
    sub BEGIN, %eax
    note %eax, 2
    addl $2, AT(task_state) + EIP
    iret
2:
    end
    clts
    restore_task
    movl $(CODE_SEGMENT * 0x10000), GATES + 13 * 8
    mov $AT(.Lstubs) + 13 * 16, %eax
    mov %ax, GATES + 13 * 8
    mov %eax, GATES + 13 * 8 + 4
    movw $GATE_INTERRUPT, GATES + 13 * 8 + 4

    movl $(FAULT_TASK * 0x10000), GATES + INVALID_TASK * 8
    movl $0x8500, GATES + INVALID_TASK * 8 + 4
    bad_task "a task without a code segment", "none = 00000000 00000000 00000040 00000048", CS, 0
    bad_task "a task whose code is data", "none = 00000010 00000000 00000040 00000048", CS, DATA_SEGMENT
    bad_task "a task whose code is beyond the table", "none = 000001f8 00000000 00000040 00000048", CS, BEYOND_TABLE
    bad_task "a task without a stack", "none = 00000000 00000000 00000040 00000048", SS, 0
    bad_task "a task with ring 3's stack", "none = 00000020 00000000 00000040 00000048", SS, USER_DATA
    bad_task "a task whose data is beyond the table", "none = 000001f8 00000000 00000040 00000048", DS, BEYOND_TABLE
    bad_task "a task whose data is a task", "none = 00000028 00000000 00000040 00000048", FS, TASK_STATE
    bad_task "a task whose local table is data", "none = 00000010 00000000 00000040 00000048", LDT, DATA_SEGMENT
    bad_task "a task without a local table, but a selector of it", "none = 00000004 00000000 00000040 00000048", GS, 4
    exit_with 0

// Never executed: the tasks that begin here are bad.
bad:
    exit_with 1

// The task that handles bad tasks: notes the error code, and where the bad task is.
on_bad_task:
    pop %eax
    note %eax, 0
    mov AT(other_task) + EIP, %eax
    sub $AT(bad), %eax
    note %eax, 1
    movzwl AT(fault_task) + LINK, %eax
    note %eax, 2
    str %eax
    note %eax, 3
    jmp *END

end_experiments_32
    .word TASK_SIZE - 1, 0
    .byte 0, 0x89, 0, 0
    .word TASK_SIZE - 1, 0
    .byte 0, 0x89, 0, 0

    .balign 16
other_task:
    .fill TASK_SIZE, 1, 0
    .balign 16
fault_task:
    .fill ES, 1, 0
    .long DATA_SEGMENT, CODE_SEGMENT, DATA_SEGMENT, DATA_SEGMENT, DATA_SEGMENT, DATA_SEGMENT, 0, 0

end_descriptors_32 bad_tasks
