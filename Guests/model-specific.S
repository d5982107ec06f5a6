// model-specific: reads and writes the model-specific registers of the default processor, and some that it does not
// have, by a table with the expected result of each access. Prints where a result differs.
#include "support/console.h"
#include "support/gates.h"
#include "support/image.h"
#include "support/protected-mode.h"

#define GENERAL_PROTECTION 13
#define TIME_STAMP_COUNTER 0x10

// The kinds of accesses, with their expected results.
#define IS_THERE 0
#define READS 1
#define IS_MISSING 2
#define TAKES 3
#define KEEPS 4
#define REFUSES 5
#define END 6

.macro expect register, what, high=0, low=0
    .long \register, \what, \low, \high
.endm

// Executes RDMSR or WRMSR; `faulted` then says whether it has faulted.
.macro attempt instruction
    movl $AT(.Lbehind\@), AT(resume)
    movb $0, AT(faulted)
    \instruction
.Lbehind\@:
.endm

begin_guest model_specific
    start_real_mode
    enter_protected_mode flat

flat:
    start_protected_mode
    set_gate GENERAL_PROTECTION, on_fault
    load_gates

    // The counter can be set, and counts from there.
    mov $TIME_STAMP_COUNTER, %ecx
    mov $0x12345678, %edx
    xor %eax, %eax
    wrmsr
    rdmsr
    cmp $0x12345678, %edx
    must_be_equal
    mov %eax, %ebx
    rdmsr
    cmp %ebx, %eax
    jbe wrong_counter

    mov $AT(table), %esi
next:
    mov (%esi), %ecx
    mov 4(%esi), %ebp
    cmp $END, %ebp
    je done
    cmp $TAKES, %ebp
    jae write

    attempt rdmsr
    cmp $IS_MISSING, %ebp
    je must_fault
    cmpb $0, AT(faulted)
    jne wrong
    cmp $IS_THERE, %ebp
    je right
compare:
    cmp 8(%esi), %eax
    jne wrong
    cmp 12(%esi), %edx
    jne wrong
right:
    add $16, %esi
    jmp next

write:
    mov 8(%esi), %eax
    mov 12(%esi), %edx
    attempt wrmsr
    cmp $REFUSES, %ebp
    je must_fault
    cmpb $0, AT(faulted)
    jne wrong
    cmp $TAKES, %ebp
    je right
    attempt rdmsr
    cmpb $0, AT(faulted)
    je compare
    jmp wrong

must_fault:
    cmpb $1, AT(faulted)
    je right
wrong:
    push %edx
    push %eax
    mov (%esi), %eax
    call print_hex
    mov $' ', %al
    call print_character
    mov 4(%esi), %eax
    call print_hex
    mov $' ', %al
    call print_character
    pop %eax
    mov %eax, %edi
    pop %eax
    call print_hex
    mov %edi, %eax
    call print_hex
    call print_newline
    incb AT(mistakes)
    jmp right
wrong_counter:
    exit_with 2
done:
    cmpb $0, AT(mistakes)
    must_be_equal
    mov $AT(text), %esi
    call print
    exit_with 0

on_fault:
    mov $STACK_TOP, %esp
    movb $1, AT(faulted)
    jmp *AT(resume)

console_routines

flat_descriptors
descriptors_end
gates_pointer

    .balign 4
table:
    expect 0x10, IS_THERE                                  // IA32_TIME_STAMP_COUNTER
    expect 0x17, READS                                     // IA32_PLATFORM_ID
    expect 0x17, REFUSES
    expect 0x1b, READS, 0, 0xfee00900                      // IA32_APIC_BASE
    expect 0x1b, REFUSES, 0, 0xfee00901
    expect 0x3a, IS_MISSING                                // IA32_FEATURE_CONTROL: no VMX, SMX or SGX
    expect 0x3a, REFUSES
    expect 0x3b, IS_MISSING                                // IA32_TSC_ADJUST
    expect 0x3b, REFUSES
    expect 0x8b, TAKES                                     // IA32_BIOS_SIGN_ID
    expect 0x8b, READS, 1, 0
    expect 0xfe, IS_THERE                                  // IA32_MTRRCAP
    expect 0xfe, REFUSES
    expect 0x174, KEEPS, 0, 8                              // IA32_SYSENTER_CS, ESP, EIP
    expect 0x175, KEEPS, 0, 0x7000
    expect 0x176, KEEPS, 0, 0x8000
    expect 0x179, READS                                    // IA32_MCG_CAP: no banks
    expect 0x179, REFUSES
    expect 0x17a, READS                                    // IA32_MCG_STATUS
    expect 0x17a, KEEPS, 0, 4
    expect 0x17a, REFUSES, 0, 0x10
    expect 0x17a, KEEPS
    expect 0x17b, IS_MISSING                               // IA32_MCG_CTL
    expect 0x400, IS_MISSING                               // IA32_MC0_CTL
    expect 0x1a0, READS, 0, 0x1801                         // IA32_MISC_ENABLE
    expect 0x1a0, REFUSES, 0, 0x1803
    expect 0x1a0, KEEPS, 0, 0x11809
    expect 0x1a0, KEEPS, 0, 0x1801
    expect 0x200, KEEPS, 0, 0xc0000006                     // IA32_MTRR_PHYSBASE0
    expect 0x200, REFUSES, 0, 0xc0000002
    expect 0x200, REFUSES, 0, 0xc0000106
    expect 0x201, KEEPS, 0x7f, 0xc0000800                  // IA32_MTRR_PHYSMASK0
    expect 0x201, REFUSES, 0x7f, 0xc0000801
    expect 0x201, REFUSES, 0x80, 0xc0000800
    expect 0x201, KEEPS
    expect 0x20f, KEEPS, 0x7f, 0xf0000800                  // IA32_MTRR_PHYSMASK7
    expect 0x20f, KEEPS
    expect 0x250, KEEPS, 0x06060606, 0x06060606            // IA32_MTRR_FIX64K_00000
    expect 0x250, REFUSES, 0x06060606, 0x06060602
    expect 0x259, KEEPS, 0, 0x05040100                     // IA32_MTRR_FIX16K_A0000
    expect 0x26f, KEEPS, 0x05050505, 0x05050505            // IA32_MTRR_FIX4K_F8000
    expect 0x277, READS, 0x00070406, 0x00070406            // IA32_PAT
    expect 0x277, KEEPS, 0x00070106, 0x00070406
    expect 0x277, REFUSES, 0x00070106, 0x00070402
    expect 0x277, KEEPS, 0x00070406, 0x00070406
    expect 0x2ff, KEEPS, 0, 0xc06                          // IA32_MTRR_DEF_TYPE
    expect 0x2ff, REFUSES, 0, 0xc02
    expect 0x2ff, REFUSES, 0, 0x1c06
    expect 0x6e0, IS_MISSING                               // IA32_TSC_DEADLINE
    expect 0x802, IS_MISSING                               // the x2APIC's ID
    expect 0xc0000080, READS                               // IA32_EFER
    expect 0xc0000080, REFUSES, 0, 0x2
    expect 0xc0000080, REFUSES, 1, 0
    expect 0xc0000080, KEEPS, 0, 1
    expect 0xc0000080, KEEPS
    expect 0xc0000103, IS_MISSING                          // IA32_TSC_AUX
    expect 0, END

resume:
    .long 0
faulted:
    .byte 0
mistakes:
    .byte 0
text:
    .asciz "model-specific registers: as the manual says\n"

end_guest model_specific
