// exceptions-long: raises the exceptions of ring 0 in 64-bit mode.
#include "support/experiments-64.h"

#define ABSENT_DATA 0x50
#define READ_ONLY_DATA 0x58
#define ABSENT_CODE 0x60
#define NOT_CANONICAL 0x0000800000000000
#define BEYOND_TABLE 0x1f8

begin_experiments_64 exceptions_long
    // Divisions.
    xor %ecx, %ecx
    raises "DIV by 0", "00 0008+00 00002", div %rcx
    mov $-1, %rdx
    mov $1, %ecx
    raises "DIV, overflow", "00 0008+00 00002", div %rcx

    // Traps.
    raises "INT3", "03 0008+01 00002", int3
    raises "INT 0x30", "30 0008+02 00002", int $0x30

    // Invalid opcodes.
    raises "UD2", "06 0008+00 00002", ud2
    raises "LOCK with a register", "06 0008+00 00002", .byte 0xf0, 0x01, 0xc0
    raises "PUSH CS", "06 0008+00 00002", .byte 0x0e
    raises "AAM", "06 0008+00 00002", .byte 0xd4, 0
    raises "INTO", "06 0008+00 00002", .byte 0xce
    raises "PUSHA", "06 0008+00 00002", .byte 0x60
    raises "far call to an immediate", "06 0008+00 00002", .byte 0x9a, 0, 0, 0, 0, 0, 0
    raises "far jump to an immediate", "06 0008+00 00002", .byte 0xea, 0, 0, 0, 0, 0, 0
    raises "MOV to CS", "06 0008+00 00002", .byte 0x8e, 0xc8
    raises "MOV from CR1", "06 0008+00 00002", .byte 0x0f, 0x20, 0xc8
    raises "MOV from CR5", "06 0008+00 00002", .byte 0x0f, 0x20, 0xe8

    // Addresses that are not canonical.
    mov $NOT_CANONICAL, %r12
    raises "load", "0d.0000 0008+00 00002", mov (%r12), %rax
    raises "store", "0d.0000 0008+00 00002", mov %al, (%r12)
    raises "load through FS", "0d.0000 0008+00 00002", mov %fs:(%r12), %rax

    // Segments.
    mov $ABSENT_DATA, %eax
    raises "absent data in DS", "0b.0050 0008+00 00002", mov %eax, %ds
    mov $ABSENT_DATA, %eax
    raises "absent data in SS", "0c.0050 0008+00 00002", mov %eax, %ss
    mov $READ_ONLY_DATA, %eax
    raises "read-only data in SS", "0d.0058 0008+00 00002", mov %eax, %ss
    mov $BEYOND_TABLE, %eax
    raises "beyond the table in FS", "0d.01f8 0008+00 00002", mov %eax, %fs
    xor %eax, %eax
    raises "null in SS", "none", mov %eax, %ss
    begin "through null", "none"
    xor %eax, %eax
    mov %eax, %ds
    mov NOTES, %rax
    end
    mov $TASK_STATE, %eax
    raises "busy task in TR", "0d.0030 0008+00 00002", ltr %ax
    mov $DATA_SEGMENT, %eax
    raises "data in TR", "0d.0010 0008+00 00002", ltr %ax
    mov $USER_DATA, %eax
    raises "ring 3's data in SS", "0d.0020 0008+00 00002", mov %eax, %ss

    // Returns.
    begin "IRETQ to absent code", "0b.0060 0008+10 00002"
    pushq $DATA_SEGMENT
    pushq $KERNEL_SP
    pushq $2
    pushq $ABSENT_CODE
    pushq $AT(start)
    iretq
    end
    begin "IRETQ to null", "0d.0000 0008+10 00002"
    pushq $DATA_SEGMENT
    pushq $KERNEL_SP
    pushq $2
    pushq $0
    pushq $AT(start)
    iretq
    end

    // Pages.
    mov $0x40000000, %r12d
    raises "read of an absent page", "0e.0000 0008+00 00002 cr2 40000000", mov (%r12), %eax
    raises "write to an absent page", "0e.0002 0008+00 00002 cr2 40000000", movl $0, (%r12)
    raises "jump to an absent page", "0e.0000 0008@40000000 00002 cr2 40000000", jmp *%r12
    mov $0xffff800000001234, %r12
    raises "read of a high absent page", "0e.0000 0008+00 00002 cr2 ffff800000001234", mov (%r12), %eax
    mov $0x3ffffffe, %r12d
    raises "read across to an absent page", "0e.0000 0008+00 00002 cr2 40000000", mov (%r12), %rax

    // Single steps.
    begin "single step", "01 0008+0a 00102 dr6 4ff0"
    pushf
    orl $FLAG_TRAP, (%rsp)
    popf
    nop
    nop
    end

end_experiments_64
    .quad 0x00cf13000000ffff
    .quad 0x00cf91000000ffff
    .quad 0x00af1b000000ffff

end_descriptors_64 exceptions_long
