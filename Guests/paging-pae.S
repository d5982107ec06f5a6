// paging-pae: 32-bit protected mode with wide page-table entries: pages of 4 KiB and 2 MiB, pages that may not be executed,
// and the four pointers that the processor reads when CR3 is loaded.
#include "support/experiments-32.h"

#define POINTERS 0x11000
#define PAGE_DIRECTORY 0x12000
#define HIGH_DIRECTORY 0x13000
#define PAGE_TABLE 0x14000
#define PAGE_PRESENT 0x01
#define PAGE_WRITABLE 0x02
#define PAGE_USER 0x04
#define PAGE_LARGE 0x80
#define PAGE_OPEN (PAGE_PRESENT + PAGE_WRITABLE + PAGE_USER)
// In the upper half of an entry.
#define NO_EXECUTE 0x80000000

#define EFER 0xc0000080
#define EFER_NO_EXECUTE 0x800

// The experiments' pages, what they show, and large pages in the last GiB.
#define REGION 0x00600000
#define ENTRY(page) (PAGE_TABLE + page * 8)
#define PAGE(page) (REGION + page * 0x1000)
#define FRAME 0x00300000
#define LARGE 0xc0000000

#define NOT_PRESENT_PAGE 0
#define READ_ONLY_PAGE 1
#define SUPERVISOR_PAGE 2
#define OPEN_PAGE 3
#define DATA_PAGE 4

begin_experiments_32 paging_pae
    movl $(PAGE_DIRECTORY + PAGE_PRESENT), POINTERS
    movl $(HIGH_DIRECTORY + PAGE_PRESENT), POINTERS + 24
    movl $(PAGE_LARGE + PAGE_OPEN), PAGE_DIRECTORY
    movl $(0x200000 + PAGE_LARGE + PAGE_OPEN), PAGE_DIRECTORY + 8
    movl $(0x400000 + PAGE_LARGE + PAGE_OPEN), PAGE_DIRECTORY + 16
    movl $(PAGE_TABLE + PAGE_OPEN), PAGE_DIRECTORY + 24
    movl $(0x200000 + PAGE_LARGE + PAGE_OPEN), HIGH_DIRECTORY
    movl $(0x200000 + PAGE_LARGE + PAGE_OPEN), HIGH_DIRECTORY + 8
    movl $NO_EXECUTE, HIGH_DIRECTORY + 12
    movl $(FRAME + PAGE_PRESENT + PAGE_USER), ENTRY(READ_ONLY_PAGE)
    movl $(FRAME + PAGE_PRESENT + PAGE_WRITABLE), ENTRY(SUPERVISOR_PAGE)
    movl $(FRAME + PAGE_OPEN), ENTRY(OPEN_PAGE)
    movl $(FRAME + PAGE_OPEN), ENTRY(DATA_PAGE)
    movl $NO_EXECUTE, ENTRY(DATA_PAGE) + 4
    movl $0x12345678, FRAME
    // UD2 for what is executed there.
    movl $0x90900b0f, FRAME + 0x100
    set_bits %cr4, CR4_WIDE_PAGES
    mov $POINTERS, %eax
    mov %eax, %cr3
    set_bits %cr0, CR0_PAGING + CR0_WRITE_PROTECT

    begin "read of a page", "none = 12345678"
    mov PAGE(OPEN_PAGE), %eax
    note %eax
    end
    begin "read of a large page", "none = 12345678"
    mov LARGE + 0x100000, %eax
    note %eax
    end

    // Execution.
    mov $EFER, %ecx
    rdmsr
    or $EFER_NO_EXECUTE, %eax
    wrmsr
    mov %cr3, %eax
    mov %eax, %cr3
    begin "a page of data is read", "none = 12345678"
    mov PAGE(DATA_PAGE), %eax
    note %eax
    end
    mov $PAGE(DATA_PAGE) + 0x100, %ebp
    raises "jump to a page of data", "0e.0011 0008@00604100 00002 cr2 00604100", jmp *%ebp
    user_raises "ring 3 jumps to a page of data", "0e.0015 001b@00604100 00002 0023:8000 cr2 00604100", jmp *%ebp
    mov $LARGE + 0x200000, %ebp
    raises "jump to a large page of data", "0e.0011 0008@c0200000 00002 cr2 c0200000", jmp *%ebp
    mov $PAGE(NOT_PRESENT_PAGE), %ebp
    raises "jump to an absent page", "0e.0010 0008@00600000 00002 cr2 00600000", jmp *%ebp
    user_raises "ring 3 jumps to an absent page", "0e.0014 001b@00600000 00002 0023:8000 cr2 00600000", jmp *%ebp
    mov $PAGE(SUPERVISOR_PAGE), %ebp
    user_raises "ring 3 jumps to ring 0's page", "0e.0015 001b@00602000 00002 0023:8000 cr2 00602000", jmp *%ebp
    mov $PAGE(OPEN_PAGE) + 0x100, %ebp
    user_raises "ring 3 jumps to its page", "06 001b@00603100 00002 0023:8000", jmp *%ebp
    raises "ring 0 writes to a page of reading", "0e.0003 0008+00 00002 cr2 00601000", mov %eax, PAGE(READ_ONLY_PAGE)
    raises "an absent pointer", "0e.0000 0008+00 00002 cr2 40000000", mov 0x40000000, %eax
    begin "a page of data becomes code, after INVLPG", "06 0008@00604100 00002"
    mov PAGE(DATA_PAGE), %eax
    movl $0, ENTRY(DATA_PAGE) + 4
    invlpg PAGE(DATA_PAGE)
    mov $PAGE(DATA_PAGE) + 0x100, %ebp
    jmp *%ebp
    end

    // The pointers are read when CR3 is loaded, at the latest.
    begin "a new pointer, after CR3", "none = 12345678"
    movl $(PAGE_DIRECTORY + PAGE_PRESENT), POINTERS + 8
    mov %cr3, %eax
    mov %eax, %cr3
    mov 0x40300000, %eax
    note %eax
    end
    begin "bits of CR3", "none = 00011018"
    mov $POINTERS + 0x18, %eax
    mov %eax, %cr3
    mov %cr3, %eax
    note %eax
    mov $POINTERS, %eax
    mov %eax, %cr3
    end

end_experiments_32

end_descriptors_32 paging_pae
