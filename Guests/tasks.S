// tasks: hardware task switches in 32-bit protected mode: by JMP and CALL to a task state segment, by task gates, by interrupts and
// exceptions, back by IRET, and to segments of 16 bits;
// and tasks that cannot be entered.
#include "support/experiments-tasks.h"

#define OTHER_TASK_GATE 0x48
#define SMALL_TASK 0x50
#define TASK_16 0x58
#define ABSENT_TASK 0x60
#define LOCAL_TABLE 0x68
#define BEYOND_TABLE 0x1f8

// Offsets in a task state segment of 32 bits.
#define LINK 0
#define EIP 32
#define EFLAGS 36
#define EAX 40
#define ESP 56
#define ES 72
#define CS 76
#define SS 80
#define DS 84
#define FS 88
#define GS 92
#define LDT 96
#define TASK_SIZE 104

// Notes the two descriptors' access bytes.
.macro note_busy index
    mov AT(descriptors) + TASK_STATE + 4, %eax
    shr $8, %eax
    and $0xff, %eax
    note %eax, \index
    mov AT(descriptors) + OTHER_TASK + 4, %eax
    shr $8, %eax
    and $0xff, %eax
    note %eax, \index + 1
.endm

begin_experiments_32 tasks
    set_base OTHER_TASK, other_task
    set_base SMALL_TASK, other_task
    set_base TASK_16, task_16
    set_base ABSENT_TASK, other_task
    set_base LOCAL_TABLE, local_table
    mov %cr0, %eax
    and $~CR0_TASK_SWITCHED, %eax
    mov %eax, %cr0

    // By JMP: the old task is no longer busy, nothing is linked.
    prepare 1f
    begin "JMP to a task", "none = aaaaaaaa 00000040 00009000 00000008 00000000 00000089 00000000"
    ljmp $OTHER_TASK, $0
1:
    note %eax, 0
    str %eax
    note %eax, 1
    note %esp, 2
    smsw %eax
    and $CR0_TASK_SWITCHED, %eax
    note %eax, 3
    mov AT(other_task) + LINK, %eax
    note %eax, 4
    note_busy 5
    end
    clts
    restore_task
    begin "what JMP has saved", "none = 00000008 00000010 00180000 00000002"
    mov AT(task_state) + CS, %eax
    note %eax, 0
    mov AT(task_state) + SS, %eax
    note %eax, 1
    mov AT(task_state) + ESP, %eax
    note %eax, 2
    mov AT(task_state) + EFLAGS, %eax
    and $SHOWN_FLAGS, %eax
    note %eax, 3
    end

    // By CALL, and back by IRET.
    prepare 1f
    begin "CALL of a task", "none = 00004002 008b0028 00000000 00000002 00000028 0000008b 00000000"
    lcall $OTHER_TASK, $0
    jmp 2f
1:
    pushf
    pop %eax
    and $SHOWN_FLAGS, %eax
    note %eax, 0
    mov AT(other_task) + LINK, %eax
    note %eax, 1
    note_busy 2
    iret
    // Where the other task continues when it is called again.
    note %esp, 7
    iret
2:
    str %eax
    note %eax, 4
    note_busy 5
    end
    clts
    restore_task
    begin "what IRET has saved", "none = 00000002"
    mov AT(other_task) + EFLAGS, %eax
    and $SHOWN_FLAGS, %eax
    note %eax
    end

    // By task gates.
    prepare 1f
    begin "CALL of a task gate", "none = 00000040 00000028"
    lcall $OTHER_TASK_GATE, $0
    jmp 2f
1:
    str %eax
    note %eax, 0
    iret
2:
    str %eax
    note %eax, 1
    end
    clts
    restore_task
    movl $(OTHER_TASK * 0x10000), GATES + 0x31 * 8
    movl $0x8500, GATES + 0x31 * 8 + 4
    prepare 1f
    begin "INT through a task gate", "none = aaaaaaaa 00000028 bbbbbbbb 00000007 bbbbbbbb"
    mov $0xbbbbbbbb, %eax
    int $0x31
    note %eax, 4
    jmp 2f
1:
    note %eax, 0
    mov AT(other_task) + LINK, %eax
    note %eax, 1
    mov AT(task_state) + EAX, %eax
    note %eax, 2
    mov AT(task_state) + EIP, %eax
    sub BEGIN, %eax
    note %eax, 3
    iret
2:
    end
    clts
    restore_task

    // From ring 3, with the flag for nested tasks.
    movw $(0x8500 + GATE_USER), GATES + 0x31 * 8 + 4
    prepare 1f
    begin "INT through a task gate, from ring 3", "none = 00000008 0000001b"
    enter_user
    int $0x31
    mov %cs, %eax
    note %eax, 1
    jmp 2f
1:
    mov %cs, %eax
    note %eax, 0
    iret
2:
    end
    clts
    restore_task

    // To ring 3, with a local table.
    prepare 1f
    movl $USER_CODE, AT(other_task) + CS
    .irp segment, ES, SS, DS, FS, GS
    movl $USER_DATA, AT(other_task) + \segment
    .endr
    movl $KERNEL_STACK, AT(other_task) + 4
    movl $DATA_SEGMENT, AT(other_task) + 8
    movl $LOCAL_TABLE, AT(other_task) + LDT
    movl $0x0004 + 3, AT(other_task) + GS
    begin "JMP to a task of ring 3 with a local table", "none = 00000007 0000001b 00000068"
    ljmp $OTHER_TASK, $0
1:
    mov %gs, %eax
    note %eax, 0
    mov %gs:0, %eax
    mov %cs, %eax
    note %eax, 1
    sldt %eax
    note %eax, 2
    end
    clts
    restore_task

    // A task of 16 bits.
    mov $AT(code_16), %esi
    mov $0x6000, %edi
    mov $(code_16_end - code_16), %ecx
    rep movsb
    begin "CALL of a task of 16 bits", "none = 00001111 00009000 00000030 00000058 00000028"
    lcall $TASK_16, $0
    str %eax
    note %eax, 4
    end
    clts
    restore_task

    // Tasks that cannot be entered: found before the switch.
    set_access OTHER_TASK, 0x8b
    raises "JMP to a busy task", "0d.0040 0008+00 00002", ljmp $OTHER_TASK, $0
    raises "JMP to a task that is too small", "0a.0050 0008+00 00002", ljmp $SMALL_TASK, $0
    raises "JMP to an absent task", "0b.0060 0008+00 00002", ljmp $ABSENT_TASK, $0
    raises "JMP to a task beyond the table", "0d.01f8 0008+00 00002", ljmp $BEYOND_TABLE, $0
    user_raises "JMP to a task of ring 0, from ring 3", "0d.0040 001b+00 00002 0023:8000", ljmp $OTHER_TASK, $0
    begin "IRET to a task that is not busy", "0a.0040 0008+17 04002"
    movl $OTHER_TASK, AT(task_state) + LINK
    set_access OTHER_TASK, 0x89
    pushl $(FLAG_NESTED + 2)
    popf
    iret
    end
    begin "IRET to code", "0a.0008 0008+10 04002"
    movl $CODE_SEGMENT, AT(task_state) + LINK
    pushl $(FLAG_NESTED + 2)
    popf
    iret
    end
    pushl $2
    popf

    exit_with 0

    .code16
// The task of 16 bits: notes what it finds, and goes back.
code_16:
    // The upper halves of the registers are undefined.
    movzwl %ax, %eax
    note %eax, 0
    movzwl %sp, %eax
    note %eax, 1
    xor %eax, %eax
    mov %cs, %ax
    note %eax, 2
    str %ax
    note %eax, 3
    iretw
code_16_end:
    .code32

end_experiments_32
    .word TASK_SIZE - 1, 0
    .byte 0, 0x89, 0, 0
    .word 0, OTHER_TASK, 0x8500, 0
    .word TASK_SIZE - 2, 0
    .byte 0, 0x89, 0, 0
    .word 43, 0
    .byte 0, 0x81, 0, 0
    .word TASK_SIZE - 1, 0
    .byte 0, 0x09, 0, 0
    .word 7, 0
    .byte 0, 0x82, 0, 0

local_table:
    .quad 0x00cff3000000ffff

    .balign 16
other_task:
    .fill TASK_SIZE, 1, 0
    .balign 16
task_16:
    .word 0, 0, 0, 0, 0, 0, 0
    .word 0x6000, 2
    .word 0x1111, 0x2222, 0x3333, 0x4444, 0x9000, 0x6666, 0x7777, 0x8888
    .word DATA_SEGMENT, CODE_16, DATA_SEGMENT, DATA_SEGMENT, 0

end_descriptors_32 tasks
