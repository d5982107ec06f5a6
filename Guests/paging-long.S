// paging-long: pages of 64-bit mode: every bit of a page fault's error code but that of reserved bits, rights at each of the four
// levels, large pages, accessed and dirty bits, and translations that INVLPG and CR3 forget.
#include "support/experiments-64.h"

#define PAGE_DIRTY 0x40
#define PAGE_GLOBAL 0x100

// The experiments' pages: the second GiB of the lower half, and of the upper half.
#define DIRECTORY 0x14000
#define TABLE 0x15000
#define REGION 0x40000000
#define HIGH_REGION 0xffff800040000000
#define ENTRY(page) (TABLE + page * 8)
#define PAGE(page) (REGION + page * 0x1000)
#define LARGE (REGION + 0x200000)
#define FRAME 0x00300000

#define NOT_PRESENT_PAGE 0
#define READ_ONLY_PAGE 1
#define SUPERVISOR_PAGE 2
#define OPEN_PAGE 3
#define DATA_PAGE 4
#define FRESH_PAGE 5

.macro forget_translations
    mov %cr3, %rax
    mov %rax, %cr3
.endm

begin_experiments_64 paging_long
    movl $(DIRECTORY + PAGE_OPEN), PAGE_POINTERS + 8
    movl $(PAGE_POINTERS + PAGE_OPEN), PAGE_ROOT + 256 * 8
    movl $(TABLE + PAGE_OPEN), DIRECTORY
    movl $(0x200000 + PAGE_LARGE + PAGE_PRESENT), DIRECTORY + 8
    movl $(FRAME + PAGE_PRESENT + PAGE_USER), ENTRY(READ_ONLY_PAGE)
    movl $(FRAME + PAGE_PRESENT + PAGE_WRITABLE), ENTRY(SUPERVISOR_PAGE)
    movl $(FRAME + PAGE_OPEN), ENTRY(OPEN_PAGE)
    movl $(FRAME + PAGE_OPEN), ENTRY(DATA_PAGE)
    movl $0x80000000, ENTRY(DATA_PAGE) + 4
    movl $(FRAME + PAGE_OPEN), ENTRY(FRESH_PAGE)
    movl $0x12345678, FRAME
    movl $0x9abcdef0, 0x400000
    // UD2 for what is executed there.
    movl $0x90900b0f, FRAME + 0x100
    mov $EFER, %ecx
    rdmsr
    or $EFER_NO_EXECUTE, %eax
    wrmsr
    forget_translations

    // What pages show.
    begin "read of a page", "none = 12345678"
    mov PAGE(OPEN_PAGE), %eax
    note %eax
    end
    begin "read of a large page", "none = 12345678"
    mov LARGE + 0x100000, %eax
    note %eax
    end
    begin "read in the upper half", "none = 12345678"
    mov $HIGH_REGION + 0x3000, %rbp
    mov (%rbp), %eax
    note %eax
    end

    // Ring 0.
    raises "ring 0 reads an absent page", "0e.0000 0008+00 00002 cr2 40000000", mov PAGE(NOT_PRESENT_PAGE), %eax
    raises "ring 0 writes to an absent page", "0e.0002 0008+00 00002 cr2 40000000", mov %eax, PAGE(NOT_PRESENT_PAGE)
    raises "ring 0 reads below an absent directory", "0e.0000 0008+00 00002 cr2 7fffffff", mov 0x7fffffff, %al
    mov $HIGH_REGION, %rbp
    raises "ring 0 reads an absent page in the upper half", "0e.0000 0008+00 00002 cr2 ffff800040000000", mov (%rbp), %eax
    mov $PAGE(NOT_PRESENT_PAGE) + 0x123, %ebp
    raises "ring 0 jumps to an absent page", "0e.0010 0008@40000123 00002 cr2 40000123", jmp *%rbp
    mov $PAGE(DATA_PAGE) + 0x100, %ebp
    raises "ring 0 jumps to a page of data", "0e.0011 0008@40004100 00002 cr2 40004100", jmp *%rbp
    mov $PAGE(OPEN_PAGE) + 0x100, %ebp
    raises "ring 0 jumps to a page", "06 0008@40003100 00002", jmp *%rbp
    raises "ring 0 writes to a page of reading, without WP", "none", mov %eax, PAGE(READ_ONLY_PAGE) + 8
    mov %cr0, %rax
    bts $16, %rax
    mov %rax, %cr0
    raises "ring 0 writes to a page of reading, with WP", "0e.0003 0008+00 00002 cr2 40001008", mov %eax, PAGE(READ_ONLY_PAGE) + 8
    raises "ring 0 writes to a large page of reading, with WP", "0e.0003 0008+00 00002 cr2 40200008", mov %eax, LARGE + 8

    // Ring 3.
    user_raises "ring 3 reads a page", "none", mov PAGE(OPEN_PAGE), %eax
    user_raises "ring 3 reads an absent page", "0e.0004 002b+00 00002 0023:8000 cr2 40000000", mov PAGE(NOT_PRESENT_PAGE), %eax
    user_raises "ring 3 writes to an absent page", "0e.0006 002b+00 00002 0023:8000 cr2 40000000", mov %eax, PAGE(NOT_PRESENT_PAGE)
    user_raises "ring 3 reads ring 0's page", "0e.0005 002b+00 00002 0023:8000 cr2 40002000", mov PAGE(SUPERVISOR_PAGE), %eax
    user_raises "ring 3 writes to ring 0's page", "0e.0007 002b+00 00002 0023:8000 cr2 40002000", mov %eax, PAGE(SUPERVISOR_PAGE)
    user_raises "ring 3 reads ring 0's large page", "0e.0005 002b+00 00002 0023:8000 cr2 40200000", mov LARGE, %eax
    user_raises "ring 3 reads a page of reading", "none", mov PAGE(READ_ONLY_PAGE), %eax
    user_raises "ring 3 writes to a page of reading", "0e.0007 002b+00 00002 0023:8000 cr2 40001000", mov %eax, PAGE(READ_ONLY_PAGE)
    mov $PAGE(SUPERVISOR_PAGE), %ebp
    user_raises "ring 3 jumps to ring 0's page", "0e.0015 002b@40002000 00002 0023:8000 cr2 40002000", jmp *%rbp
    mov $PAGE(DATA_PAGE) + 0x100, %ebp
    user_raises "ring 3 jumps to a page of data", "0e.0015 002b@40004100 00002 0023:8000 cr2 40004100", jmp *%rbp
    mov $PAGE(OPEN_PAGE) + 0x100, %ebp
    user_raises "ring 3 jumps to its page", "06 002b@40003100 00002 0023:8000", jmp *%rbp
    mov $PAGE(NOT_PRESENT_PAGE), %ebp
    user_raises "ring 3 jumps to an absent page", "0e.0014 002b@40000000 00002 0023:8000 cr2 40000000", jmp *%rbp
    mov $PAGE(READ_ONLY_PAGE) + 0xffe, %ebp
    user_raises "ring 3 reads across to ring 0's page", "0e.0005 002b+00 00002 0023:8000 cr2 40002000", mov (%rbp), %eax
    narrow_raises "narrow, ring 3 writes to ring 0's page", "0e.0007 001b+00 00002 0023:8000 cr2 40002000", mov %eax, PAGE(SUPERVISOR_PAGE)

    // Every level must allow it.
    andb $~PAGE_WRITABLE, DIRECTORY
    forget_translations
    user_raises "no writing, by the directory", "0e.0007 002b+00 00002 0023:8000 cr2 40003000", mov %eax, PAGE(OPEN_PAGE)
    xorb $(PAGE_WRITABLE + PAGE_USER), DIRECTORY
    forget_translations
    user_raises "no ring 3, by the directory", "0e.0007 002b+00 00002 0023:8000 cr2 40003000", mov %eax, PAGE(OPEN_PAGE)
    xorb $(PAGE_PRESENT + PAGE_USER), DIRECTORY
    forget_translations
    user_raises "absent, by the directory", "0e.0006 002b+00 00002 0023:8000 cr2 40003000", mov %eax, PAGE(OPEN_PAGE)
    orb $PAGE_PRESENT, DIRECTORY
    orb $0x80, DIRECTORY + 7
    forget_translations
    mov $PAGE(OPEN_PAGE) + 0x100, %ebp
    user_raises "no execution, by the directory", "0e.0015 002b@40003100 00002 0023:8000 cr2 40003100", jmp *%rbp
    andb $0, DIRECTORY + 7
    forget_translations
    andb $~PAGE_WRITABLE, PAGE_POINTERS + 8
    forget_translations
    user_raises "no writing, by the directory's pointer", "0e.0007 002b+00 00002 0023:8000 cr2 40003000", mov %eax, PAGE(OPEN_PAGE)
    xorb $(PAGE_WRITABLE + PAGE_USER), PAGE_POINTERS + 8
    forget_translations
    user_raises "no ring 3, by the directory's pointer", "0e.0007 002b+00 00002 0023:8000 cr2 40003000", mov %eax, PAGE(OPEN_PAGE)
    xorb $(PAGE_PRESENT + PAGE_USER), PAGE_POINTERS + 8
    forget_translations
    user_raises "absent, by the directory's pointer", "0e.0006 002b+00 00002 0023:8000 cr2 40003000", mov %eax, PAGE(OPEN_PAGE)
    orb $PAGE_PRESENT, PAGE_POINTERS + 8
    orb $0x80, PAGE_POINTERS + 8 + 7
    forget_translations
    mov $PAGE(OPEN_PAGE) + 0x100, %ebp
    user_raises "no execution, by the directory's pointer", "0e.0015 002b@40003100 00002 0023:8000 cr2 40003100", jmp *%rbp
    andb $0, PAGE_POINTERS + 8 + 7
    forget_translations
    andb $~PAGE_PRESENT, PAGE_ROOT + 256 * 8
    forget_translations
    mov $HIGH_REGION + 0x3000, %rbp
    raises "absent upper half", "0e.0000 0008+00 00002 cr2 ffff800040003000", mov (%rbp), %eax

    // Accessed and dirty.
    begin "a fresh entry", "none = 00300007"
    movl $(DIRECTORY + PAGE_OPEN), PAGE_POINTERS + 8
    movl $(TABLE + PAGE_OPEN), DIRECTORY
    forget_translations
    mov ENTRY(FRESH_PAGE), %eax
    note %eax
    end
    begin "entries after a read", "none = 00300027 00015027 00014027"
    mov PAGE(FRESH_PAGE), %eax
    mov ENTRY(FRESH_PAGE), %eax
    note %eax, 0
    mov DIRECTORY, %eax
    note %eax, 1
    mov PAGE_POINTERS + 8, %eax
    note %eax, 2
    end
    begin "entries after a write", "none = 00300067 00015027"
    mov %eax, PAGE(FRESH_PAGE) + 4
    mov ENTRY(FRESH_PAGE), %eax
    note %eax, 0
    mov DIRECTORY, %eax
    note %eax, 1
    end
    begin "a large page after a read", "none = 002000a1"
    mov LARGE, %eax
    mov DIRECTORY + 8, %eax
    note %eax
    end
    begin "a large page after a write", "none = 002000e3"
    orb $PAGE_WRITABLE, DIRECTORY + 8
    invlpg LARGE
    mov %eax, LARGE + 8
    mov DIRECTORY + 8, %eax
    note %eax
    end
    begin "a write that is refused", "0e.0003 0008+13 00002 cr2 40001000"
    movl $(FRAME + PAGE_PRESENT + PAGE_USER), ENTRY(READ_ONLY_PAGE)
    invlpg PAGE(READ_ONLY_PAGE)
    mov %eax, PAGE(READ_ONLY_PAGE)
    end
    begin "its entry is not dirty", "none = 00000000"
    mov ENTRY(READ_ONLY_PAGE), %eax
    and $PAGE_DIRTY, %eax
    note %eax
    end

    // Translations that are forgotten.
    begin "a page that moves, after INVLPG", "none = 9abcdef0"
    mov PAGE(OPEN_PAGE), %eax
    movl $(0x400000 + PAGE_OPEN), ENTRY(OPEN_PAGE)
    invlpg PAGE(OPEN_PAGE)
    mov PAGE(OPEN_PAGE), %eax
    note %eax
    end
    begin "a page that moves back, after CR3", "none = 12345678"
    movl $(FRAME + PAGE_OPEN), ENTRY(OPEN_PAGE)
    forget_translations
    mov PAGE(OPEN_PAGE), %eax
    note %eax
    end
    begin "a page that goes, after INVLPG", "0e.0000 0008+13 00002 cr2 40003000"
    movl $0, ENTRY(OPEN_PAGE)
    invlpg PAGE(OPEN_PAGE)
    mov PAGE(OPEN_PAGE), %eax
    end
    begin "a global page that moves, after CR4.PGE", "none = 9abcdef0"
    movl $(FRAME + PAGE_OPEN + PAGE_GLOBAL), ENTRY(OPEN_PAGE)
    mov %cr4, %rbp
    or $CR4_GLOBAL_PAGES, %rbp
    mov %rbp, %cr4
    mov PAGE(OPEN_PAGE), %eax
    movl $(0x400000 + PAGE_OPEN + PAGE_GLOBAL), ENTRY(OPEN_PAGE)
    xor $CR4_GLOBAL_PAGES, %rbp
    mov %rbp, %cr4
    mov PAGE(OPEN_PAGE), %eax
    note %eax
    end
    begin "a large page that becomes small ones", "none = 12345678"
    mov LARGE + 0x3000, %eax
    movl $(FRAME + PAGE_OPEN), ENTRY(OPEN_PAGE)
    movl $(TABLE + PAGE_OPEN), DIRECTORY + 8
    invlpg LARGE + 0x3000
    mov LARGE + 0x3000, %eax
    note %eax
    end

end_experiments_64

end_descriptors_64 paging_long
