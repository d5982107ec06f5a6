// apic-base: moves the local APIC, and switches it off and on again. At an address where the APIC is not, a store to
// its task priority has no effect, as CR8 shows. CPUID shows whether there is an APIC.
#include "support/apic.h"
#include "support/console.h"
#include "support/image.h"
#include "support/long-mode.h"

#define APIC_BASE 0x1b
#define FIRST_PLACE 0xfee00000
#define SECOND_PLACE 0xfea00000
#define PLACE_ENABLED 0x900
#define PLACE_DISABLED 0x100

#define CPUID_HAS_APIC 0x200

// Two pages of 2 MiB through which both addresses are accessed, the second and third entry of the third page table.
#define FIRST_VIEW 0x200000
#define SECOND_VIEW 0x400000
#define FIRST_ENTRY (PAGE_TABLES + 0x2008)
#define SECOND_ENTRY (PAGE_TABLES + 0x2010)
#define PAGE (PAGE_LARGE + 3)

#define OFFSET(register) (register - LOCAL_APIC)
#define VERSION 0x14

// Changes RAX.
.macro priority_must_be value
    mov %cr8, %rax
    cmp $\value, %eax
    must_be_equal
.endm

// Changes EAX, ECX and EDX.
.macro set_base value
    mov $APIC_BASE, %ecx
    mov $\value, %eax
    xor %edx, %edx
    wrmsr
    rdmsr
    cmp $\value, %eax
    must_be_equal
.endm

// The bit of CPUID that says that there is an APIC must be this. Changes EAX, EBX, ECX and EDX.
.macro feature_must_be value
    mov $1, %eax
    cpuid
    and $CPUID_HAS_APIC, %edx
    cmp $\value, %edx
    must_be_equal
.endm

begin_guest apic_base
    start_real_mode
    enter_long_mode wide

wide:
    start_long_mode
    movl $(FIRST_PLACE + PAGE), FIRST_ENTRY
    movl $(SECOND_PLACE + PAGE), SECOND_ENTRY
    mov %cr3, %rax
    mov %rax, %cr3

    // At its first address. A store that is not 32 bits wide has no effect.
    cmpb $VERSION, FIRST_VIEW + OFFSET(LOCAL_APIC_VERSION)
    must_be_equal
    feature_must_be CPUID_HAS_APIC
    movl $0x50, FIRST_VIEW + OFFSET(LOCAL_APIC_TASK_PRIORITY)
    priority_must_be 5
    movb $0x20, FIRST_VIEW + OFFSET(LOCAL_APIC_TASK_PRIORITY)
    movw $0x20, FIRST_VIEW + OFFSET(LOCAL_APIC_TASK_PRIORITY)
    movq $0x20, FIRST_VIEW + OFFSET(LOCAL_APIC_TASK_PRIORITY)
    priority_must_be 5

    // At its second address.
    set_base SECOND_PLACE + PLACE_ENABLED
    movl $0x30, FIRST_VIEW + OFFSET(LOCAL_APIC_TASK_PRIORITY)
    priority_must_be 5
    cmpl $-1, FIRST_VIEW + OFFSET(LOCAL_APIC_VERSION)
    must_be_equal
    cmpb $VERSION, SECOND_VIEW + OFFSET(LOCAL_APIC_VERSION)
    must_be_equal
    movl $0x70, SECOND_VIEW + OFFSET(LOCAL_APIC_TASK_PRIORITY)
    priority_must_be 7

    // Nowhere.
    set_base SECOND_PLACE + PLACE_DISABLED
    feature_must_be 0
    movl $0x10, SECOND_VIEW + OFFSET(LOCAL_APIC_TASK_PRIORITY)
    priority_must_be 7
    cmpl $-1, SECOND_VIEW + OFFSET(LOCAL_APIC_VERSION)
    must_be_equal

    // At its first address again, as after a reset.
    set_base FIRST_PLACE + PLACE_ENABLED
    feature_must_be CPUID_HAS_APIC
    cmpl $0xff, FIRST_VIEW + OFFSET(LOCAL_APIC_SPURIOUS)
    must_be_equal
    movl $0, FIRST_VIEW + OFFSET(LOCAL_APIC_TASK_PRIORITY)
    priority_must_be 0

    mov $AT(text), %esi
    call print
    exit_with 0

console_routines

text:
    .asciz "local APIC: moved, switched off and on\n"

long_mode_tables

end_guest apic_base
