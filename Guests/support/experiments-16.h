// Experiments in real mode: handlers of all exceptions that note what was raised and continue behind the experiment.
#pragma once

#include "image.h"
#include "experiments.h"

#define VECTOR_COUNT 0x40
#define KERNEL_SP STACK_TOP

// Opens a flat image, up to its first experiment.
.macro begin_experiments_16 symbol
    begin_experiments \symbol
    start_real_mode
    // The vectors, which are entered at address 0 of the table.
    xor %edi, %edi
    mov $AT(.Lstubs), %ax
    mov $VECTOR_COUNT, %cx
.Lnext_vector:
    mov %ax, (%di)
    movw $0, 2(%di)
    add $8, %ax
    add $4, %di
    dec %cx
    jnz .Lnext_vector
    movl $NOTHING, NOTED_ERROR
    mov $DR6_CLEAR, %eax
    mov %eax, %dr6
.endm

// Closes the guest's code. Its data comes before `end_data_16`.
.macro end_experiments_16
    exit_with 0

report_routines

    .balign 8
.Lstubs:
    .set .Lvector, 0
    .rept VECTOR_COUNT
    .balign 8
    pushw $.Lvector
    jmp on_exception
    .set .Lvector, .Lvector + 1
    .endr

on_exception:
    xor %ax, %ax
    mov %ax, %ds
    popw NOTED_VECTOR
    popw NOTED_IP
    popw NOTED_CS
    // Processors differ in RF, and in arithmetic flags: the stack forgets them too.
    andw $SHOWN_FLAGS & 0xffff, (%esp)
    popw NOTED_FLAGS
    mov %dr6, %eax
    mov %eax, NOTED_DR6
    mov $DR6_CLEAR, %eax
    mov %eax, %dr6
    xor %ax, %ax
    mov %ax, %es
    mov %ax, %fs
    mov %ax, %gs
    mov %ax, %ss
    mov $KERNEL_SP, %sp
    cld
    jmp *RESUME
.endm

.macro end_data_16 symbol
end_experiments \symbol
.endm
