// What experiments in 32-bit protected mode and in 64-bit mode share: where gates and stacks are, and how a guest begins.
#pragma once

#include "image.h"
#include "program.h"
#include "experiments.h"

#define HEADER_MAGIC 0x1badb002
#define CODE_SEGMENT 0x08
#define DATA_SEGMENT 0x10

#define GATES 0x10000
#define GATE_COUNT 0x40
#define GATE_INTERRUPT 0x8e00
#define GATE_TRAP 0x8f00
#define GATE_USER 0x6000
#define BREAKPOINT 3
#define OVERFLOW 4
#define USER_STACK 0x8000
#define KERNEL_STACK 0x7000
#define KERNEL_SP STACK_TOP

// Opens a guest that is booted by multiboot, up to where its own descriptors are loaded.
.macro begin_program symbol
    begin_experiments \symbol
    elf32_header start
    elf_headers_end
    .balign 4
    .long HEADER_MAGIC, 0, -HEADER_MAGIC

    .code32
start:
    // The base of the task state segment.
    mov $AT(task_state), %eax
    mov %ax, AT(task_descriptor) + 2
    shr $16, %eax
    mov %al, AT(task_descriptor) + 4
    lgdt AT(descriptor_table_pointer)
.endm

// Takes ring 0's data, stack and task.
.macro load_segments task_state
    mov $DATA_SEGMENT, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    mov $KERNEL_SP, %esp
    mov $\task_state, %eax
    ltr %ax
.endm

// An entry of 16 bytes for each vector, which gives those without an error code one.
.macro exception_stubs push
    .balign 16
.Lstubs:
    .set .Lvector, 0
    .rept GATE_COUNT
    .balign 16
    .if .Lvector != 8 && .Lvector != 17 && (.Lvector < 10 || .Lvector > 14)
    \push $NOTHING
    .endif
    \push $.Lvector
    jmp on_exception
    .set .Lvector, .Lvector + 1
    .endr
.endm
