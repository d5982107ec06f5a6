// paging-protected: pages of 32-bit protected mode: every bit of a page fault's error code, large pages, write protection, pages
// of ring 0, accessed and dirty bits, and translations that INVLPG and CR3 forget.
#include "support/experiments-32.h"

#define PAGE_DIRECTORY 0x11000
#define PAGE_TABLE 0x12000
#define PAGE_PRESENT 0x01
#define PAGE_WRITABLE 0x02
#define PAGE_USER 0x04
#define PAGE_DIRTY 0x40
#define PAGE_LARGE 0x80
#define PAGE_GLOBAL 0x100
#define PAGE_OPEN (PAGE_PRESENT + PAGE_WRITABLE + PAGE_USER)

// A region of 4 MiB whose pages the experiments make, behind what is mapped to itself, and what they show.
#define REGION 0x00800000
#define ENTRY(page) (PAGE_TABLE + page * 4)
#define PAGE(page) (REGION + page * 0x1000)
#define FRAME 0x00300000

#define NOT_PRESENT_PAGE 0
#define READ_ONLY_PAGE 1
#define SUPERVISOR_PAGE 2
#define OPEN_PAGE 3
#define SUPERVISOR_READ_ONLY_PAGE 4
#define FRESH_PAGE 5

begin_experiments_32 paging_protected
    // 8 MiB mapped to themselves by large pages, then the region, then a region of a large page for ring 0 alone.
    movl $(PAGE_LARGE + PAGE_OPEN), PAGE_DIRECTORY
    movl $(0x400000 + PAGE_LARGE + PAGE_OPEN), PAGE_DIRECTORY + 4
    movl $(PAGE_TABLE + PAGE_OPEN), PAGE_DIRECTORY + 8
    movl $(0x400000 + PAGE_LARGE + PAGE_PRESENT), PAGE_DIRECTORY + 12
    movl $(FRAME + PAGE_PRESENT + PAGE_USER), ENTRY(READ_ONLY_PAGE)
    movl $(FRAME + PAGE_PRESENT + PAGE_WRITABLE), ENTRY(SUPERVISOR_PAGE)
    movl $(FRAME + PAGE_OPEN), ENTRY(OPEN_PAGE)
    movl $(FRAME + PAGE_PRESENT), ENTRY(SUPERVISOR_READ_ONLY_PAGE)
    movl $(FRAME + PAGE_OPEN), ENTRY(FRESH_PAGE)
    movl $0x12345678, FRAME
    movl $0x9abcdef0, 0x400000
    set_bits %cr4, CR4_LARGE_PAGES
    mov $PAGE_DIRECTORY, %eax
    mov %eax, %cr3
    set_bits %cr0, CR0_PAGING

    // What pages show.
    begin "read of a page", "none = 12345678"
    mov PAGE(OPEN_PAGE), %eax
    note %eax
    end
    begin "read of a large page", "none = 9abcdef0"
    mov 0x00c00000, %eax
    note %eax
    end

    // Ring 0.
    raises "ring 0 reads an absent page", "0e.0000 0008+00 00002 cr2 00800000", mov PAGE(NOT_PRESENT_PAGE), %eax
    raises "ring 0 writes to an absent page", "0e.0002 0008+00 00002 cr2 00800000", mov %eax, PAGE(NOT_PRESENT_PAGE)
    mov $PAGE(NOT_PRESENT_PAGE) + 0x123, %ebp
    raises "ring 0 jumps to an absent page", "0e.0000 0008@00800123 00002 cr2 00800123", jmp *%ebp
    raises "ring 0 reads beyond the directory's entries", "0e.0000 0008+00 00002 cr2 deadbee0", mov 0xdeadbee0, %eax
    raises "ring 0 writes to a page of reading, without WP", "none", mov %eax, PAGE(READ_ONLY_PAGE) + 8
    raises "ring 0 writes to its page of reading, without WP", "none", mov %eax, PAGE(SUPERVISOR_READ_ONLY_PAGE) + 8
    set_bits %cr0, CR0_WRITE_PROTECT
    raises "ring 0 writes to a page of reading, with WP", "0e.0003 0008+00 00002 cr2 00801008", mov %eax, PAGE(READ_ONLY_PAGE) + 8
    raises "ring 0 writes to its page of reading, with WP", "0e.0003 0008+00 00002 cr2 00804008", mov %eax, PAGE(SUPERVISOR_READ_ONLY_PAGE) + 8
    raises "ring 0 writes to a large page of reading, with WP", "0e.0003 0008+00 00002 cr2 00c00008", mov %eax, 0x00c00008
    mov $PAGE(OPEN_PAGE) - 2, %ebp
    raises "across pages, the first absent", "0e.0000 0008+00 00002 cr2 00800000", mov -0x3000(%ebp), %eax

    // Ring 3.
    user_raises "ring 3 reads a page", "none", mov PAGE(OPEN_PAGE), %eax
    user_raises "ring 3 reads an absent page", "0e.0004 001b+00 00002 0023:8000 cr2 00800000", mov PAGE(NOT_PRESENT_PAGE), %eax
    user_raises "ring 3 writes to an absent page", "0e.0006 001b+00 00002 0023:8000 cr2 00800000", mov %eax, PAGE(NOT_PRESENT_PAGE)
    user_raises "ring 3 reads ring 0's page", "0e.0005 001b+00 00002 0023:8000 cr2 00802000", mov PAGE(SUPERVISOR_PAGE), %eax
    user_raises "ring 3 writes to ring 0's page", "0e.0007 001b+00 00002 0023:8000 cr2 00802000", mov %eax, PAGE(SUPERVISOR_PAGE)
    user_raises "ring 3 writes to a page of reading", "0e.0007 001b+00 00002 0023:8000 cr2 00801000", mov %eax, PAGE(READ_ONLY_PAGE)
    user_raises "ring 3 reads a page of reading", "none", mov PAGE(READ_ONLY_PAGE), %eax
    user_raises "ring 3 reads ring 0's large page", "0e.0005 001b+00 00002 0023:8000 cr2 00c00000", mov 0x00c00000, %eax
    mov $PAGE(SUPERVISOR_PAGE), %ebp
    user_raises "ring 3 jumps to ring 0's page", "0e.0005 001b@00802000 00002 0023:8000 cr2 00802000", jmp *%ebp
    mov $PAGE(READ_ONLY_PAGE) + 0xffe, %ebp
    user_raises "ring 3 reads across to ring 0's page", "0e.0005 001b+00 00002 0023:8000 cr2 00802000", mov (%ebp), %eax
    user_raises "ring 3 reads far above", "0e.0004 001b+00 00002 0023:8000 cr2 fffffff0", mov 0xfffffff0, %eax

    // The directory's entry and the table's entry must both allow it.
    andl $~PAGE_USER, PAGE_DIRECTORY + 8
    mov %cr3, %eax
    mov %eax, %cr3
    user_raises "ring 3 reads a page of ring 0's directory entry", "0e.0005 001b+00 00002 0023:8000 cr2 00803000", mov PAGE(OPEN_PAGE), %eax
    orl $PAGE_USER, PAGE_DIRECTORY + 8
    andl $~PAGE_WRITABLE, PAGE_DIRECTORY + 8
    mov %cr3, %eax
    mov %eax, %cr3
    user_raises "ring 3 writes to a page of a directory entry of reading", "0e.0007 001b+00 00002 0023:8000 cr2 00803000", mov %eax, PAGE(OPEN_PAGE)
    orl $PAGE_WRITABLE, PAGE_DIRECTORY + 8
    mov %cr3, %eax
    mov %eax, %cr3

    // Accessed and dirty.
    begin "a fresh entry", "none = 00300007"
    mov ENTRY(FRESH_PAGE), %eax
    note %eax
    end
    begin "its entry after a read", "none = 00300027"
    mov PAGE(FRESH_PAGE), %eax
    mov ENTRY(FRESH_PAGE), %eax
    note %eax
    end
    begin "its entry after a write", "none = 00300067"
    mov %eax, PAGE(FRESH_PAGE) + 4
    mov ENTRY(FRESH_PAGE), %eax
    note %eax
    end
    begin "entries of the directory", "none = 00012027 004000a1"
    mov PAGE_DIRECTORY + 8, %eax
    note %eax, 0
    mov PAGE_DIRECTORY + 12, %eax
    note %eax, 1
    end
    begin "a refused write marks nothing", "0e.0003 0008+11 00002 cr2 00801000"
    movl $(FRAME + PAGE_PRESENT + PAGE_USER), ENTRY(READ_ONLY_PAGE)
    invlpg PAGE(READ_ONLY_PAGE)
    mov %eax, PAGE(READ_ONLY_PAGE)
    end
    begin "what it did mark", "none = 00000000"
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
    mov %cr3, %eax
    mov %eax, %cr3
    mov PAGE(OPEN_PAGE), %eax
    note %eax
    end
    begin "a page that goes, after INVLPG", "0e.0000 0008+11 00002 cr2 00803000"
    movl $0, ENTRY(OPEN_PAGE)
    invlpg PAGE(OPEN_PAGE)
    mov PAGE(OPEN_PAGE), %eax
    end
    begin "a global page that moves, after CR4.PGE", "none = 9abcdef0"
    movl $(FRAME + PAGE_OPEN + PAGE_GLOBAL), ENTRY(OPEN_PAGE)
    set_bits %cr4, CR4_GLOBAL_PAGES
    mov PAGE(OPEN_PAGE), %eax
    movl $(0x400000 + PAGE_OPEN + PAGE_GLOBAL), ENTRY(OPEN_PAGE)
    clear_bits %cr4, CR4_GLOBAL_PAGES
    mov PAGE(OPEN_PAGE), %eax
    note %eax
    end

    // Without large pages, the bit is ignored and the entry is a table.
    begin "no large pages", "none = 12345678"
    movl $(PAGE_TABLE + 0x1000 + PAGE_OPEN + PAGE_LARGE), PAGE_DIRECTORY + 16
    movl $(FRAME + PAGE_OPEN), PAGE_TABLE + 0x1000
    mov $(PAGE_TABLE + 0x2000), %edi
    mov $PAGE_OPEN, %eax
1:
    mov %eax, (%edi)
    add $0x1000, %eax
    add $4, %edi
    cmp $(0x400000 + PAGE_OPEN), %eax
    jne 1b
    movl $(PAGE_TABLE + 0x2000 + PAGE_OPEN), PAGE_DIRECTORY
    clear_bits %cr4, CR4_LARGE_PAGES
    mov 0x01000000, %eax
    note %eax
    end

    // Paging off and on.
    clear_bits %cr0, CR0_PAGING
    begin "without paging", "none = 11223344"
    movl $0x11223344, REGION + 0x10
    mov REGION + 0x10, %eax
    note %eax
    end

end_experiments_32

end_descriptors_32 paging_protected
