// features-long: features of pages and privileges that CPUID may show or not: what is shown must work, and what is not must not be
// switched on. So every line is the same on every processor: 1.
#include "support/experiments-64.h"

#define CR4_USER_PREVENTION 11
#define CR4_SEGMENT_BASES 16
#define CR4_CONTEXTS 17
#define CR4_SUPERVISOR_EXECUTION 20
#define CR4_SUPERVISOR_ACCESS 21
#define CR4_FIVE_LEVELS 12

#define GENERAL_PROTECTION 13
#define USER_PAGE 0x200000
#define DIRECTORY 0x14000
#define TABLE 0x15000
#define PAGE 0x40000000
#define FRAME 0x00300000
#define OTHER_FRAME 0x00301000

// Jumps where CPUID does not show a bit.
.macro unless_shown leaf, register, bit, otherwise
    xor %eax, %eax
    .if \leaf > 0x80000000
    mov $0x80000000, %eax
    .endif
    cpuid
    cmp $\leaf, %eax
    jb \otherwise
    mov $\leaf, %eax
    xor %ecx, %ecx
    cpuid
    bt $\bit, \register
    jnc \otherwise
.endm

// Changes a bit of CR4.
.macro change_control instruction, bit
    mov %cr4, %rax
    \instruction $\bit, %rax
    mov %rax, %cr4
.endm

// Opens the experiment of a feature. It goes on here if the feature is shown, and is switched on, if it has a bit of CR4.
.macro feature name, leaf, register, bit, control
    begin "\name", "none = 00000001"
    mov RESUME, %r14d
    unless_shown \leaf, \register, \bit, 75f
    .ifnb \control
    change_control bts, \control
    .endif
    jmp 76f
75:
    .ifnb \control
    must_raise GENERAL_PROTECTION, 0, change_control bts, \control
    .endif
    jmp right
76:
.endm
.macro end_feature control
    .ifnb \control
    change_control btr, \control
    .endif
    jmp right
    end
.endm

// What must be raised: the experiment fails if it is not.
.macro must_raise vector, error, instruction:vararg
    movl $AT(77f), RESUME
    \instruction
    ud2
77:
    cmpl $\vector, NOTED_VECTOR
    jne wrong
    cmpl $\error, NOTED_ERROR
    jne wrong
.endm
.macro user_must_raise vector, error, instruction:vararg
    movl $AT(77f), RESUME
    enter_user
    \instruction
    ud2
77:
    cmpl $\vector, NOTED_VECTOR
    jne wrong
    cmpl $\error, NOTED_ERROR
    jne wrong
.endm
.macro must_be value, register
    cmp $\value, \register
    jne wrong
.endm

begin_experiments_64 features_long
    movl $(DIRECTORY + PAGE_OPEN), PAGE_POINTERS + 8
    movl $(TABLE + PAGE_OPEN), DIRECTORY
    movl $(FRAME + PAGE_OPEN), TABLE
    movl $0x12345678, FRAME
    movl $0x9abcdef0, OTHER_FRAME

    feature "UMIP", 7, %ecx, 2, CR4_USER_PREVENTION
    user_must_raise GENERAL_PROTECTION, 0, sgdt NOTES + 0x800
    user_must_raise GENERAL_PROTECTION, 0, sidt NOTES + 0x800
    user_must_raise GENERAL_PROTECTION, 0, sldt %ax
    user_must_raise GENERAL_PROTECTION, 0, str %ax
    user_must_raise GENERAL_PROTECTION, 0, smsw %ax
    sgdt NOTES + 0x800
    end_feature CR4_USER_PREVENTION

    // Ring 0's own pages from here on: the first 2 MiB.
    andb $~PAGE_USER, PAGE_DIRECTORY
    mov %cr3, %rax
    mov %rax, %cr3

    feature "SMEP", 7, %ebx, 7, CR4_SUPERVISOR_EXECUTION
    mov $USER_PAGE, %ebp
    must_raise PAGE_FAULT, 0x11, jmp *%rbp
    mov (%rbp), %eax
    end_feature CR4_SUPERVISOR_EXECUTION

    feature "SMAP", 7, %ebx, 20, CR4_SUPERVISOR_ACCESS
    must_raise PAGE_FAULT, 1, mov USER_PAGE, %eax
    must_raise PAGE_FAULT, 3, mov %eax, USER_PAGE
    stac
    mov FRAME, %ecx
    clac
    must_be 0x12345678, %ecx
    must_raise PAGE_FAULT, 1, mov USER_PAGE, %eax
    end_feature CR4_SUPERVISOR_ACCESS

    feature "FSGSBASE", 7, %ebx, 0, CR4_SEGMENT_BASES
    mov $PAGE, %ecx
    wrfsbase %rcx
    mov %fs:0, %eax
    must_be 0x12345678, %eax
    xor %ecx, %ecx
    wrfsbase %rcx
    change_control btr, CR4_SEGMENT_BASES
    must_raise INVALID_OPCODE, NOTHING, rdfsbase %rcx
    end_feature

    // Contexts: each has its own translations, and writing CR3 forgets those of one, unless bit 63 says otherwise.
    feature "PCID", 1, %ecx, 17, CR4_CONTEXTS
    mov $PAGE_ROOT + 1, %eax
    mov %rax, %cr3
    mov PAGE, %ecx
    must_be 0x12345678, %ecx
    movl $(OTHER_FRAME + PAGE_OPEN), TABLE
    mov %rax, %cr3
    mov PAGE, %ecx
    must_be 0x9abcdef0, %ecx
    bts $63, %rax
    mov %rax, %cr3
    mov %cr3, %rcx
    shr $32, %rcx
    must_be 0, %ecx
    mov $PAGE_ROOT, %eax
    mov %rax, %cr3
    mov PAGE, %ecx
    must_be 0x9abcdef0, %ecx
    movl $(FRAME + PAGE_OPEN), TABLE
    mov %rax, %cr3
    change_control btr, CR4_CONTEXTS
    mov $PAGE_ROOT + 1, %eax
    mov %rax, %cr3
    must_raise GENERAL_PROTECTION, 0, change_control bts, CR4_CONTEXTS
    mov $PAGE_ROOT, %eax
    mov %rax, %cr3
    end_feature

    begin "pages of 1 GiB", "none = 00000001"
    mov RESUME, %r14d
    movl $(PAGE_LARGE + PAGE_OPEN), PAGE_POINTERS + 16
    mov %cr3, %rax
    mov %rax, %cr3
    mov $0x80000000 + FRAME, %ebp
    unless_shown 0x80000001, %edx, 26, 1f
    mov (%rbp), %eax
    must_be 0x12345678, %eax
    mov PAGE_POINTERS + 16, %eax
    must_be PAGE_LARGE + PAGE_OPEN + 0x20, %eax
    mov %ecx, 4(%rbp)
    mov PAGE_POINTERS + 16, %eax
    must_be PAGE_LARGE + PAGE_OPEN + 0x60, %eax
    jmp right
    // If it is hidden, a processor with nested paging has it all the same.
1:
    jmp right
    end

    feature "global pages", 1, %edx, 13, 7
    movl $(FRAME + PAGE_OPEN + 0x100), TABLE
    invlpg PAGE
    mov PAGE, %eax
    movl $(OTHER_FRAME + PAGE_OPEN + 0x100), TABLE
    invlpg PAGE
    mov PAGE, %eax
    must_be 0x9abcdef0, %eax
    movl $(FRAME + PAGE_OPEN + 0x100), TABLE
    change_control btr, 7
    mov PAGE, %eax
    must_be 0x12345678, %eax
    end_feature

    // Five levels are switched on outside long mode alone.
    begin "LA57 in long mode", "none = 00000001"
    mov RESUME, %r14d
    must_raise GENERAL_PROTECTION, 0, change_control bts, CR4_FIVE_LEVELS
    jmp right
    end
    exit_with 0

// The experiment has gone as the manual says, or says what was raised instead.
right:
    mov $1, %eax
    note %eax
    mov %r14d, RESUME
    jmp *END
wrong:
    mov NOTED_VECTOR, %eax
    note %eax, 0
    mov NOTED_ERROR, %eax
    note %eax, 1
    mov NOTED_IP, %eax
    note %eax, 2
    mov %r14d, RESUME
    jmp *END

end_experiments_64

end_descriptors_64 features_long
