// From real mode into 64-bit mode, and from there to ring 3 and back by interrupts.
#pragma once

#include "image.h"
#include "timer.h"

// Three page tables, 4 KiB each: the first 1 GiB of memory in 2 MiB pages, seen at address 0 and again at HIGH_HALF.
#define PAGE_TABLES 0x1000
#define HIGH_HALF 0xffff800000000000
#define PAGE_PRESENT_WRITABLE_USER 0x07
#define PAGE_LARGE 0x80

#define CODE_64 0x08
#define DATA_64 0x10
#define TASK_STATE 0x18
#define USER_DATA (0x28 | 3)
#define USER_CODE (0x30 | 3)

#define CR0_PROTECTION_AND_PAGING 0x80000001
#define CR4_PHYSICAL_ADDRESS_EXTENSION 0x20
#define EFER 0xc0000080
#define EFER_LONG_MODE_ENABLE 0x100

#define FLAGS_INTERRUPTS 0x200
#define FLAGS_RESERVED_ONE 0x002

// Ports below this are open to ring 3.
#define OPEN_PORTS 0x400

#define KERNEL_STACK_TOP 0x7000
#define USER_STACK_TOP STACK_TOP

// Real mode straight to 64-bit code at `target`: processors take protection and paging in one step. Interrupts must be
// off. Put `long_mode_tables` into the guest's data.
.macro enter_long_mode target
    // Clear the three page tables.
    mov $(PAGE_TABLES >> 4), %ax
    mov %ax, %es
    xor %edi, %edi
    xor %eax, %eax
    mov $(3 * 0x1000 / 4), %ecx
    rep stosl

    // The top two levels: entry 0 for low addresses, entry 256 for the high half.
    movl $(PAGE_TABLES + 0x1000 + PAGE_PRESENT_WRITABLE_USER), %es:0x0000
    movl $(PAGE_TABLES + 0x1000 + PAGE_PRESENT_WRITABLE_USER), %es:0x0800
    movl $(PAGE_TABLES + 0x2000 + PAGE_PRESENT_WRITABLE_USER), %es:0x1000

    // The third level: 512 pages of 2 MiB.
    mov $0x2000, %di
    mov $(PAGE_LARGE + PAGE_PRESENT_WRITABLE_USER), %eax
.Lmap_page:
    mov %eax, %es:(%di)
    add $0x200000, %eax
    add $8, %di
    cmp $0x3000, %di
    jne .Lmap_page

    // Switch: descriptors, wide page-table entries, page tables, long mode, then protection and paging together.
    lgdtl AT(descriptor_table_pointer)
    mov $CR4_PHYSICAL_ADDRESS_EXTENSION, %eax
    mov %eax, %cr4
    mov $PAGE_TABLES, %eax
    mov %eax, %cr3
    mov $EFER, %ecx
    rdmsr
    or $EFER_LONG_MODE_ENABLE, %eax
    wrmsr
    mov %cr0, %eax
    or $CR0_PROTECTION_AND_PAGING, %eax
    mov %eax, %cr0
    ljmpl $CODE_64, $AT(\target)
.endm

// The first lines at the target: data segments and stack of 64-bit code.
.macro start_long_mode
    .code64
    mov $DATA_64, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $KERNEL_STACK_TOP, %esp
.endm

// Loads the task register and the interrupt table: what the processor needs to leave ring 3 by an interrupt.
.macro load_interrupt_tables
    mov $TASK_STATE, %eax
    ltr %ax
    lidt AT(interrupt_table_pointer)
.endm

// Leaves for 64-bit ring 3 code at `target`. `flags` is FLAGS_INTERRUPTS or 0. Ports are opened by the bitmap below and
// not by IOPL 3: some hosts' emulation of IRETQ drops the IOPL it should load. Data segments are ring 3's already, because the
// same emulation leaves those of ring 0 in place, which a processor makes unusable.
.macro enter_ring_3 target, flags
    mov $USER_DATA, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    pushq $USER_DATA
    pushq $USER_STACK_TOP
    pushq $(FLAGS_RESERVED_ONE + \flags)
    pushq $USER_CODE
    pushq $AT(\target)
    iretq
.endm

// Descriptor table with a task state segment: its ring 0 stack takes interrupts from ring 3, its bitmap opens ports.
.macro long_mode_tables
    .balign 8
descriptors:
    .quad 0
    .quad 0x00af9b000000ffff
    .quad 0x00cf93000000ffff
    // The task state segment: 16 bytes in long mode.
    .word task_state_end - task_state - 1, AT(task_state)
    .byte 0, 0x89, 0, 0
    .quad 0
    .quad 0x00cff3000000ffff
    .quad 0x00affb000000ffff
descriptor_table_pointer:
    .word descriptor_table_pointer - descriptors - 1
    .long AT(descriptors)

    .balign 8
task_state:
    .long 0
    .quad KERNEL_STACK_TOP
    .fill 0x66 - 12, 1, 0
    .word port_bitmap - task_state
    // A bit of 0 opens a port to ring 3. A byte of ones ends the bitmap.
port_bitmap:
    .fill OPEN_PORTS / 8, 1, 0
    .byte 0xff
task_state_end:
.endm

// An interrupt table with one gate, for the timer. Every other vector is a fault that ends in a shutdown.
.macro timer_interrupt_table handler
    .balign 8
interrupt_table:
    .fill TIMER_VECTOR * 16, 1, 0
    .word AT(\handler), CODE_64
    .byte 0, 0x8e
    .word 0
    .quad 0
interrupt_table_pointer:
    .word interrupt_table_pointer - interrupt_table - 1
    .quad AT(interrupt_table)
.endm
