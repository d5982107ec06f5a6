// reserved-bits-long: page faults by reserved bits of entries at each level, in 64-bit mode.
#include "support/experiments-64.h"

#define DIRECTORY 0x14000
#define TABLE 0x15000
#define PAGE(page) (0x40000000 + page * 0x1000)
#define LARGE 0x40200000
#define FRAME 0x00300000
// Bit 51, in the upper half of an entry: beyond the default processor's physical addresses.
#define RESERVED 0x00080000
#define NO_EXECUTE 0x80000000

begin_experiments_64 reserved_bits_long
    movl $(DIRECTORY + PAGE_OPEN), PAGE_POINTERS + 8
    movl $(TABLE + PAGE_OPEN), DIRECTORY
    movl $(TABLE + PAGE_OPEN), DIRECTORY + 16
    movl $RESERVED, DIRECTORY + 20
    movl $(DIRECTORY + PAGE_OPEN), PAGE_POINTERS + 16
    movl $RESERVED, PAGE_POINTERS + 20
    // A large page whose address is not a multiple of its size.
    movl $(0x202000 + PAGE_LARGE + PAGE_OPEN), DIRECTORY + 8
    movl $(FRAME + PAGE_OPEN), TABLE
    movl $NO_EXECUTE, TABLE + 4
    movl $(FRAME + PAGE_OPEN), TABLE + 8
    movl $RESERVED, TABLE + 12
    mov %cr3, %rax
    mov %rax, %cr3

    raises "NX without EFER.NXE", "0e.0009 0008+00 00002 cr2 40000000", mov PAGE(0), %eax
    raises "NX without EFER.NXE, write", "0e.000b 0008+00 00002 cr2 40000000", mov %eax, PAGE(0)
    user_raises "NX without EFER.NXE, ring 3", "0e.000d 002b+00 00002 0023:8000 cr2 40000000", mov PAGE(0), %eax
    user_raises "NX without EFER.NXE, ring 3 writes", "0e.000f 002b+00 00002 0023:8000 cr2 40000000", mov %eax, PAGE(0)
    mov $PAGE(0), %ebp
    raises "NX without EFER.NXE, jump", "0e.0009 0008@40000000 00002 cr2 40000000", jmp *%rbp
    raises "bit 51 of a page", "0e.0009 0008+00 00002 cr2 40001000", mov PAGE(1), %eax
    user_raises "bit 51 of a page, ring 3", "0e.000d 002b+00 00002 0023:8000 cr2 40001000", mov PAGE(1), %eax
    mov $PAGE(1), %ebp
    user_raises "bit 51 of a page, ring 3 jumps", "0e.000d 002b@40001000 00002 0023:8000 cr2 40001000", jmp *%rbp
    raises "bit 51 of a directory", "0e.0009 0008+00 00002 cr2 40400000", mov PAGE(0x400), %eax
    mov $0x80000000, %ebp
    raises "bit 51 of a directory's pointer", "0e.0009 0008+00 00002 cr2 80000000", mov (%rbp), %eax
    user_raises "bit 51 of a directory's pointer, ring 3 writes", "0e.000f 002b+00 00002 0023:8000 cr2 80000000", mov %eax, (%rbp)
    raises "bit 13 of a large page", "0e.0009 0008+00 00002 cr2 40200000", mov LARGE, %eax
    user_raises "bit 13 of a large page, ring 3", "0e.000d 002b+00 00002 0023:8000 cr2 40200000", mov LARGE, %eax
    mov $EFER, %ecx
    rdmsr
    or $EFER_NO_EXECUTE, %eax
    wrmsr
    raises "NX with EFER.NXE", "none", mov PAGE(0), %eax
    mov $PAGE(0), %ebp
    raises "NX with EFER.NXE, jump", "0e.0011 0008@40000000 00002 cr2 40000000", jmp *%rbp
    mov $PAGE(1), %ebp
    raises "bit 51 of a page, jump with EFER.NXE", "0e.0019 0008@40001000 00002 cr2 40001000", jmp *%rbp
    mov $PAGE(0x200) + 0x3000, %ebp
    raises "bit 13 of a large page, jump with EFER.NXE", "0e.0019 0008@40203000 00002 cr2 40203000", jmp *%rbp

end_experiments_64

end_descriptors_64 reserved_bits_long
