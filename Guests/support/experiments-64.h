// Experiments in 64-bit mode: descriptors, page tables, gates for all exceptions, and handlers that note what was raised and
// continue behind the experiment, in ring 0.
#pragma once

#include "experiments-gates.h"

// In the order that SYSRET wants.
#define USER_CODE_32 (0x18 | 3)
#define USER_DATA (0x20 | 3)
#define USER_CODE (0x28 | 3)
#define TASK_STATE 0x30
// Code of compatibility mode, in ring 0.
#define CODE_32 0x40
#define CODE_16 0x48
#define FIRST_FREE_SEGMENT 0x50

// The first GiB in pages of 2 MiB, which ring 3 may use.
#define PAGE_ROOT 0x11000
#define PAGE_POINTERS 0x12000
#define PAGE_DIRECTORY 0x13000
#define PAGE_PRESENT 0x01
#define PAGE_WRITABLE 0x02
#define PAGE_USER 0x04
#define PAGE_LARGE 0x80
#define PAGE_OPEN (PAGE_PRESENT + PAGE_WRITABLE + PAGE_USER)

#define EFER 0xc0000080
#define EFER_SYSTEM_CALLS 0x001
#define EFER_LONG_MODE 0x100
#define EFER_NO_EXECUTE 0x800

// Opens a guest that is booted by multiboot, up to its first experiment.
.macro begin_experiments_64 symbol
    begin_program \symbol

    movl $(PAGE_POINTERS + PAGE_OPEN), PAGE_ROOT
    movl $(PAGE_DIRECTORY + PAGE_OPEN), PAGE_POINTERS
    mov $PAGE_DIRECTORY, %edi
    mov $(PAGE_LARGE + PAGE_OPEN), %eax
.Lmap_page:
    mov %eax, (%edi)
    add $0x200000, %eax
    add $8, %edi
    cmp $(PAGE_DIRECTORY + 0x1000), %edi
    jne .Lmap_page

    mov $CR4_WIDE_PAGES, %eax
    mov %eax, %cr4
    mov $PAGE_ROOT, %eax
    mov %eax, %cr3
    mov $EFER, %ecx
    rdmsr
    or $(EFER_LONG_MODE + EFER_SYSTEM_CALLS), %eax
    wrmsr
    mov %cr0, %eax
    or $(CR0_PAGING + CR0_NUMERIC_ERROR), %eax
    mov %eax, %cr0
    ljmp $CODE_SEGMENT, $AT(.Lwide)

    .code64
.Lwide:
    load_segments TASK_STATE

    // A gate for each vector; those of INT3 and INTO are open to ring 3.
    mov $GATES, %edi
    mov $AT(.Lstubs), %eax
    mov $GATE_COUNT, %ecx
.Lnext_gate:
    mov %eax, (%rdi)
    mov %eax, 4(%rdi)
    movw $CODE_SEGMENT, 2(%rdi)
    movw $GATE_INTERRUPT, 4(%rdi)
    add $16, %eax
    add $16, %edi
    dec %ecx
    jnz .Lnext_gate
    orw $GATE_USER, GATES + BREAKPOINT * 16 + 4
    orw $GATE_USER, GATES + OVERFLOW * 16 + 4
    lidt AT(gates_pointer)
    mov $DR6_CLEAR, %eax
    mov %rax, %dr6
.endm

// Changes a gate: its selector, or its type, privilege, presence and interrupt stack.
.macro set_gate_selector vector, selector
    movw $\selector, GATES + \vector * 16 + 2
.endm
.macro set_gate_type vector, type
    movw $\type, GATES + \vector * 16 + 4
.endm

// The rest of the experiment is in ring 3, where it begins anew. Data segments become ring 3's.
.macro enter_user flags = 0, code = USER_CODE, stack = USER_STACK
    mov $USER_DATA, %r8d
    mov %r8d, %ds
    mov %r8d, %es
    mov %r8d, %fs
    mov %r8d, %gs
    pushq $USER_DATA
    pushq $\stack
    pushq $(0x02 + \flags)
    pushq $\code
    pushq $AT(97f)
    movl $AT(97f), BEGIN
    iretq
97:
.endm

// An experiment of ring 3 in one instruction.
.macro user_raises name, expected, instruction:vararg
    begin "\name", "\expected"
    enter_user
    \instruction
    end
.endm
.macro narrow_raises name, expected, instruction:vararg
    begin "\name", "\expected"
    enter_user code = USER_CODE_32
    .code32
    \instruction
    .code64
    end
.endm

// Closes the guest. Further descriptors come before `end_descriptors_64`.
.macro end_experiments_64
    exit_with 0

report_routines

    exception_stubs pushq

on_exception:
    popq NOTED_VECTOR
    popq NOTED_ERROR
    popq NOTED_IP
    popq NOTED_CS
    // Processors differ in RF, and in arithmetic flags: the stack forgets them too.
    andl $SHOWN_FLAGS, (%rsp)
    popq NOTED_FLAGS
    popq NOTED_SP
    popq NOTED_SS
    testb $3, NOTED_CS
    setnz NOTED_STACK
    mov %cr2, %rax
    mov %rax, NOTED_CR2
    mov %dr6, %rax
    mov %rax, NOTED_DR6
    mov $DR6_CLEAR, %eax
    mov %rax, %dr6
    mov $DATA_SEGMENT, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    mov $KERNEL_SP, %esp
    cld
    jmp *RESUME

    // The stack of ring 0 for what comes from ring 3, and seven interrupt stacks; no ports are open.
    .balign 16
task_state:
    .long 0
    .quad KERNEL_STACK, 0, 0, 0
    .quad 0x30000, 0x31000, 0x32000, 0x33000, 0x34000, 0x35000, 0x36000
    .quad 0
    .word 0, task_state_end - task_state
task_state_end:

gates_pointer:
    .word GATE_COUNT * 16 - 1
    .quad GATES
descriptor_table_pointer:
    .word descriptors_end - descriptors - 1
    .quad AT(descriptors)

    .balign 8
descriptors:
    .quad 0
    .quad 0x00af9b000000ffff
    .quad 0x00cf93000000ffff
    .quad 0x00cffb000000ffff
    .quad 0x00cff3000000ffff
    .quad 0x00affb000000ffff
task_descriptor:
    .word task_state_end - task_state - 1, 0
    .byte 0, 0x89, 0, 0
    .quad 0
    .quad 0x00cf9b000000ffff
    .quad 0x000f9b000000ffff
.endm

.macro end_descriptors_64 symbol
descriptors_end:
end_program
end_experiments \symbol
.endm
