// Experiments in 32-bit protected mode: descriptors, gates for all exceptions, and handlers that note what was raised and
// continue behind the experiment, in ring 0.
#pragma once

#include "experiments-gates.h"

#define USER_CODE (0x18 | 3)
#define USER_DATA (0x20 | 3)
#define TASK_STATE 0x28
// 16-bit code and data, from address 0 and with a limit of 64 KiB.
#define CODE_16 0x30
#define DATA_16 0x38
#define FIRST_FREE_SEGMENT 0x40

// Opens a guest that is booted by multiboot, up to its first experiment.
.macro begin_experiments_32 symbol
    begin_program \symbol
    ljmp $CODE_SEGMENT, $AT(.Lreloaded)
.Lreloaded:
    load_segments TASK_STATE

    // A gate for each vector; those of INT3 and INTO are open to ring 3.
    mov $GATES, %edi
    mov $AT(.Lstubs), %eax
    mov $GATE_COUNT, %ecx
.Lnext_gate:
    mov %eax, (%edi)
    mov %eax, 4(%edi)
    movw $CODE_SEGMENT, 2(%edi)
    movw $GATE_INTERRUPT, 4(%edi)
    add $16, %eax
    add $8, %edi
    dec %ecx
    jnz .Lnext_gate
    orw $GATE_USER, GATES + BREAKPOINT * 8 + 4
    orw $GATE_USER, GATES + OVERFLOW * 8 + 4
    lidt AT(gates_pointer)
    mov $DR6_CLEAR, %eax
    mov %eax, %dr6
.endm

// Changes a gate: its selector, or its type, privilege and presence.
.macro set_gate_selector vector, selector
    movw $\selector, GATES + \vector * 8 + 2
.endm
.macro set_gate_type vector, type
    movw $\type, GATES + \vector * 8 + 4
.endm

// The rest of the experiment is in ring 3, where it begins anew. Data segments become ring 3's.
.macro enter_user flags = 0, stack = USER_STACK
    .irp segment, %ds, %es, %fs, %gs
    pushl $USER_DATA
    pop \segment
    .endr
    pushl $USER_DATA
    pushl $\stack
    pushl $(0x02 + \flags)
    pushl $USER_CODE
    pushl $AT(97f)
    movl $AT(97f), BEGIN
    iret
97:
.endm

// An experiment of ring 3 in one instruction.
.macro user_raises name, expected, instruction:vararg
    begin "\name", "\expected"
    enter_user
    \instruction
    end
.endm

// Closes the guest. Further descriptors come before, behind `descriptors_32`.
.macro end_experiments_32
    exit_with 0

report_routines

    exception_stubs pushl

on_exception:
    mov $DATA_SEGMENT, %eax
    mov %eax, %ds
    popl NOTED_VECTOR
    popl NOTED_ERROR
    popl NOTED_IP
    popl NOTED_CS
    // Processors differ in RF, and in arithmetic flags: the stack forgets them too.
    andl $SHOWN_FLAGS, (%esp)
    popl NOTED_FLAGS
    testl $FLAG_VIRTUAL, NOTED_FLAGS
    jnz .Lother_stack
    testl $3, NOTED_CS
    jz .Lsame_stack
.Lother_stack:
    popl NOTED_SP
    popl NOTED_SS
    movl $1, NOTED_STACK
.Lsame_stack:
    mov %cr2, %eax
    mov %eax, NOTED_CR2
    mov %dr6, %eax
    mov %eax, NOTED_DR6
    mov $DR6_CLEAR, %eax
    mov %eax, %dr6
    mov $DATA_SEGMENT, %eax
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    mov $KERNEL_SP, %esp
    cld
    jmp *RESUME

    // The stack of ring 0 for what comes from ring 3; no ports are open.
    .balign 16
task_state:
    .long 0, KERNEL_STACK, DATA_SEGMENT
    .fill 0x66 - 12, 1, 0
    .word task_state_end - task_state
task_state_end:

gates_pointer:
    .word GATE_COUNT * 8 - 1
    .long GATES
descriptor_table_pointer:
    .word descriptors_end - descriptors - 1
    .long AT(descriptors)

    .balign 8
descriptors:
    .quad 0
    .quad 0x00cf9b000000ffff
    .quad 0x00cf93000000ffff
    .quad 0x00cffb000000ffff
    .quad 0x00cff3000000ffff
task_descriptor:
    .word task_state_end - task_state - 1, 0
    .byte 0, 0x89, 0, 0
    .quad 0x00009b000000ffff
    .quad 0x000093000000ffff
.endm

.macro end_descriptors_32 symbol
descriptors_end:
end_program
end_experiments \symbol
.endm
