// exceptions-user-long: raises the exceptions of ring 3 in 64-bit mode and in compatibility mode. Every handler has the stack of
// its task state segment.
#include "support/experiments-64.h"

#define NOT_CANONICAL 0x0000800000001000
#define READ_ONLY_DATA 0x53
#define ABSENT_DATA 0x5b
#define EXECUTE_ONLY_CODE 0x63
#define BEYOND_TABLE 0x1fb

#define SUPERVISOR_PAGE 0x200000

begin_experiments_64 exceptions_user_long
    // The second 2 MiB belong to ring 0 alone.
    andb $~PAGE_USER, PAGE_DIRECTORY + 8
    invlpg SUPERVISOR_PAGE
    mov %cr4, %rax
    or $(CR4_SSE), %rax
    mov %rax, %cr4
    mov %cr0, %rax
    or $(CR0_MONITOR), %rax
    mov %rax, %cr0
    mov $NOT_CANONICAL, %r12

    user_raises "nothing", "none", nop
    xor %ebp, %ebp
    user_raises "DIV by 0", "00 002b+00 00002 0023:8000", div %rbp
    user_raises "UD2", "06 002b+00 00002 0023:8000", ud2
    user_raises "no such opcode", "06 002b+00 00002 0023:8000", .byte 0x0f, 0x0a
    user_raises "UD1", "06 002b+00 00002 0023:8000", .byte 0x0f, 0xb9, 0xc0

    // Privileged instructions.
    user_raises "HLT", "0d.0000 002b+00 00002 0023:8000", hlt
    user_raises "CLTS", "0d.0000 002b+00 00002 0023:8000", clts
    user_raises "INVD", "0d.0000 002b+00 00002 0023:8000", invd
    user_raises "RDMSR", "0d.0000 002b+00 00002 0023:8000", rdmsr
    user_raises "WRMSR", "0d.0000 002b+00 00002 0023:8000", wrmsr
    user_raises "INVLPG", "0d.0000 002b+00 00002 0023:8000", invlpg NOTES
    user_raises "LMSW", "0d.0000 002b+00 00002 0023:8000", lmsw %ax
    user_raises "LGDT", "0d.0000 002b+00 00002 0023:8000", lgdt NOTES
    user_raises "LIDT", "0d.0000 002b+00 00002 0023:8000", lidt NOTES
    user_raises "LTR", "0d.0000 002b+00 00002 0023:8000", ltr %ax
    user_raises "LLDT", "0d.0000 002b+00 00002 0023:8000", lldt %ax
    user_raises "MOV from CR0", "0d.0000 002b+00 00002 0023:8000", mov %cr0, %rax
    user_raises "MOV to CR3", "0d.0000 002b+00 00002 0023:8000", mov %rax, %cr3
    user_raises "MOV from CR8", "0d.0000 002b+00 00002 0023:8000", mov %cr8, %rax
    user_raises "MOV from DR7", "0d.0000 002b+00 00002 0023:8000", mov %dr7, %rax
    user_raises "SWAPGS", "0d.0000 002b+00 00002 0023:8000", swapgs
    user_raises "SYSRET", "0d.0000 002b+00 00002 0023:8000", sysretl

    // Pages.
    mov $SUPERVISOR_PAGE, %ebp
    user_raises "read of ring 0's page", "0e.0005 002b+00 00002 0023:8000 cr2 00200000", mov (%rbp), %eax
    user_raises "write to ring 0's page", "0e.0007 002b+00 00002 0023:8000 cr2 00200000", mov %eax, (%rbp)
    user_raises "jump to ring 0's page", "0e.0005 002b@00200000 00002 0023:8000 cr2 00200000", jmp *%rbp
    mov $0x40000000, %ebp
    user_raises "read of an absent page", "0e.0004 002b+00 00002 0023:8000 cr2 40000000", mov (%rbp), %eax
    user_raises "jump to an absent page", "0e.0004 002b@40000000 00002 0023:8000 cr2 40000000", jmp *%rbp
    mov $0x1ffffe, %ebp
    user_raises "write across to ring 0's page", "0e.0007 002b+00 00002 0023:8000 cr2 00200000", mov %rax, (%rbp)
    mov $-8, %rbp
    user_raises "read of a high absent page", "0e.0004 002b+00 00002 0023:8000 cr2 fffffffffffffff8", mov (%rbp), %rax

    // Addresses that are not canonical.
    user_raises "load", "0d.0000 002b+00 00002 0023:8000", mov (%r12), %rax

    // Segments.
    mov $READ_ONLY_DATA, %ebp
    user_raises "read-only data in SS", "0d.0050 002b+00 00002 0023:8000", mov %ebp, %ss
    mov $ABSENT_DATA, %ebp
    user_raises "absent data in ES", "0b.0058 002b+00 00002 0023:8000", mov %ebp, %es
    user_raises "absent data in SS", "0c.0058 002b+00 00002 0023:8000", mov %ebp, %ss
    mov $DATA_SEGMENT, %ebp
    user_raises "ring 0's data in DS", "0d.0010 002b+00 00002 0023:8000", mov %ebp, %ds
    mov $EXECUTE_ONLY_CODE, %ebp
    user_raises "execute-only code in FS", "0d.0060 002b+00 00002 0023:8000", mov %ebp, %fs
    mov $BEYOND_TABLE, %ebp
    user_raises "beyond the table in GS", "0d.01f8 002b+00 00002 0023:8000", mov %ebp, %gs
    xor %ebp, %ebp
    user_raises "null in SS", "0d.0000 002b+00 00002 0023:8000", mov %ebp, %ss

    // Single steps.
    begin "single step", "01 002b+07 00102 0023:8000 dr6 4ff0"
    enter_user
    pushq $(FLAG_TRAP + 2)
    popf
    nop
    nop
    end
    begin "single step, begun by IRETQ", "01 002b+01 00102 0023:8000 dr6 4ff0"
    enter_user flags = FLAG_TRAP
    nop
    nop
    end

    // Floating point.
    begin "SSE, misaligned", "0d.0000 002b+00 00002 0023:8000"
    enter_user
    movaps AT(one) + 4, %xmm0
    end

    // Compatibility mode.
    narrow_raises "narrow, nothing", "none", nop
    narrow_raises "narrow, AAM by 0", "00 001b+00 00002 0023:8000", aam $0
    narrow_raises "narrow, HLT", "0d.0000 001b+00 00002 0023:8000", hlt
    narrow_raises "narrow, read of ring 0's page", "0e.0005 001b+00 00002 0023:8000 cr2 00200000", mov SUPERVISOR_PAGE, %eax
    narrow_raises "narrow, far jump to ring 0", "0d.0040 001b+00 00002 0023:8000", ljmp $CODE_32, $0
    narrow_raises "narrow, far jump to null", "0d.0000 001b+00 00002 0023:8000", ljmp $0, $0

end_experiments_64
    .quad 0x00cff1000000ffff
    .quad 0x00cf73000000ffff
    .quad 0x00aff9000000ffff

    .balign 16
one:
    .float 1, 0, 0, 0, 0

end_descriptors_64 exceptions_user_long
