// Accesses memory beyond the first MiB from real mode, through FS. Works if code is at its physical address.
#pragma once

#include "image.h"

// Gives FS a limit of 4 GiB. It is loaded in protected mode, and keeps the limit. Changes EAX and BX.
.macro open_flat_fs
    lgdtl AT(flat_fs_descriptors)
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    mov $8, %bx
    mov %bx, %fs
    and $0xfe, %al
    mov %eax, %cr0
.endm

// Stores a constant of 32 bits at a physical address. Changes EDI.
.macro store_flat address, value
    mov $(\address), %edi
    movl $(\value), %fs:(%edi)
.endm

// What open_flat_fs loads.
.macro flat_fs_storage
flat_fs_descriptors:
    .word flat_fs_table_end - flat_fs_table - 1
    .long AT(flat_fs_table)
    .balign 8
flat_fs_table:
    .quad 0
    // Data, 4 GiB from address 0.
    .quad 0x00cf92000000ffff
flat_fs_table_end:
.endm
