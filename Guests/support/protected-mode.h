// From real mode into 32-bit protected mode, flat segments over all of memory, no paging.
#pragma once

#include "image.h"

#define CODE_SEGMENT 0x08
#define DATA_SEGMENT 0x10
#define CR0_PROTECTION 0x01

// Real mode to 32-bit code at `target`. Put a `flat_descriptor_table` into the guest's data. Interrupts must be off.
.macro enter_protected_mode target
    lgdtl AT(descriptor_table_pointer)
    mov %cr0, %eax
    or $CR0_PROTECTION, %al
    mov %eax, %cr0
    ljmpl $CODE_SEGMENT, $AT(\target)
.endm

// The first lines at the target: data segments and stack of 32-bit code.
.macro start_protected_mode
    .code32
    mov $DATA_SEGMENT, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $STACK_TOP, %esp
.endm

// Null, code and data, each 4 GiB from 0. More descriptors may follow `flat_descriptors`; `descriptors_end` closes.
.macro flat_descriptors
    .balign 8
descriptors:
    .quad 0
    .quad 0x00cf9b000000ffff
    .quad 0x00cf93000000ffff
.endm

.macro descriptors_end
descriptor_table_pointer:
    .word descriptor_table_pointer - descriptors - 1
    .long AT(descriptors)
.endm
