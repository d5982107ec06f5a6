// Hardware tasks of experiments in 32-bit protected mode: a task that each experiment makes anew.
#pragma once

#include "experiments-32.h"

#define OTHER_TASK FIRST_FREE_SEGMENT

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

// The access byte of a descriptor.
.macro set_access descriptor, access
    movb $\access, AT(descriptors) + \descriptor + 5
.endm
.macro set_base descriptor, target
    mov $AT(\target), %eax
    mov %ax, AT(descriptors) + \descriptor + 2
    shr $16, %eax
    mov %al, AT(descriptors) + \descriptor + 4
    mov %ah, AT(descriptors) + \descriptor + 7
.endm

// Makes the other task one that begins at a place with fresh registers, and the present task one that is not busy elsewhere.
.macro prepare target, flags = 0
    mov $AT(other_task), %edi
    mov $(TASK_SIZE / 4), %ecx
    xor %eax, %eax
    rep stosl
    movl $AT(\target), AT(other_task) + EIP
    movl $(2 + \flags), AT(other_task) + EFLAGS
    movl $0xaaaaaaaa, AT(other_task) + EAX
    movl $0x9000, AT(other_task) + ESP
    movl $CODE_SEGMENT, AT(other_task) + CS
    .irp segment, ES, SS, DS, FS, GS
    movl $DATA_SEGMENT, AT(other_task) + \segment
    .endr
    set_access OTHER_TASK, 0x89
.endm

// The task register is the first task's again, however an experiment has ended.
.macro restore_task
    set_access TASK_STATE, 0x89
    mov $TASK_STATE, %eax
    ltr %ax
    pushl $2
    popf
.endm
