// modes: goes through the processor's modes: real, protected with 16 and 32 bits, real again with wide segments, long mode in all three
// of its forms, and back. Every step shows that the mode is what it should be.
#include "support/experiments-32.h"

#define CODE_64 0x40
#define EFER 0xc0000080
#define EFER_LONG_MODE 0x100
#define PAGE_ROOT 0x11000
#define PAGE_POINTERS 0x12000
#define PAGE_DIRECTORY 0x13000
// Where 16-bit code runs.
#define LOW 0x6000
#define LOW_SEGMENT 0x0600
// Where an experiment continues after real mode.
#define BACK 0x5f00
#define IN_LOW(label) (label - low)

// Goes on in 16-bit protected mode.
.macro to_16 target
    ljmp $CODE_16, $(LOW + \target - low)
.endm

begin_experiments_32 modes
    mov $AT(low), %esi
    mov $LOW, %edi
    mov $(low_end - low), %ecx
    rep movsb
    // The interrupt table of real mode, whose vector 0x40 leads to the low code.
    movl $(LOW_SEGMENT * 0x10000 + real_handler - low), 0x40 * 4

    begin "32-bit code", "none = 00002222 0017fffc"
    mov $0x11111111, %eax
    .byte 0xb8, 0x22, 0x22, 0x00, 0x00
    note %eax, 0
    push %eax
    note %esp, 1
    pop %eax
    end

    begin "16-bit protected mode", "none = 12345678 00000000 0010ffee"
    to_16 protected_16
    end

    begin "real mode", "none = 00000600 0000beef 00004040"
    movl $AT(1f), BACK
    to_16 to_real
1:
    end
    begin "real mode, wide segments", "none = 87654321 00004321"
    movl $0x87654321, 0x00200000
    movl $AT(1f), BACK
    to_16 to_unreal
1:
    end
    begin "real mode after a segment was loaded anew", "none = 87654321"
    movl $AT(1f), BACK
    to_16 to_reloaded
1:
    end

    // Long mode, by way of paging off.
    movl $(PAGE_POINTERS + 7), PAGE_ROOT
    movl $(PAGE_DIRECTORY + 7), PAGE_POINTERS
    movl $0x87, PAGE_DIRECTORY
    set_bits %cr4, CR4_WIDE_PAGES
    begin "EFER.LMA before", "none = 00000000 00000100"
    mov $EFER, %ecx
    rdmsr
    note %eax, 0
    or $EFER_LONG_MODE, %eax
    wrmsr
    rdmsr
    note %eax, 1
    end
    begin "compatibility mode", "none = 00000500 00000002 11223344 00000001 00000008 00000008 00000100 00000000"
    mov $PAGE_ROOT, %eax
    mov %eax, %cr3
    mov %cr0, %eax
    or $CR0_PAGING, %eax
    mov %eax, %cr0
    mov $EFER, %ecx
    rdmsr
    note %eax, 0
    // INC and DEC have one byte: a prefix in 64-bit code.
    xor %eax, %eax
    .byte 0x40, 0x40
    note %eax, 1
    jmp 1f
1:
    ljmp $CODE_64, $AT(1f)
    .code64
1:
    movabs $0x1122334455667788, %rax
    shr $32, %rax
    note %eax, 2
    xor %eax, %eax
    .byte 0x48, 0xff, 0xc0
    note %eax, 3
    mov %rsp, %rcx
    push $1
    sub %rsp, %rcx
    note %ecx, 4
    pop %rcx
    pushq $CODE_SEGMENT
    pushq $AT(1f)
    .byte 0x48
    lret
    .code32
1:
    mov %cs, %eax
    note %eax, 5
    // Paging off leaves long mode.
    clear_bits %cr0, CR0_PAGING
    mov $EFER, %ecx
    rdmsr
    note %eax, 6
    and $~EFER_LONG_MODE, %eax
    wrmsr
    rdmsr
    note %eax, 7
    end
    begin "protected mode after long mode", "none = 00000011 00000000"
    clear_bits %cr4, CR4_WIDE_PAGES
    mov %cr0, %eax
    note %eax, 0
    mov %cr4, %eax
    note %eax, 1
    end
    begin "compatibility mode of 16 bits", "none = 00001234 00000030"
    set_bits %cr4, CR4_WIDE_PAGES
    mov $EFER, %ecx
    rdmsr
    or $EFER_LONG_MODE, %eax
    wrmsr
    mov %cr0, %eax
    or $CR0_PAGING, %eax
    mov %eax, %cr0
    ljmp $CODE_64, $AT(1f)
    .code64
1:
    pushq $CODE_16
    pushq $(LOW + compatibility_16 - low)
    .byte 0x48
    lret
    .code32
    end
    begin "real mode after long mode", "none = 00000600 0000beef 00004040"
    movl $AT(1f), BACK
    to_16 to_real
1:
    end
    begin "real mode straight to 64-bit code", "none = 00000500 00000001 00000001"
    movl $AT(1f), BACK
    to_16 to_long
1:
    mov %cr0, %eax
    and $~0x60000010, %eax
    note %eax, 2
    end
    exit_with 0

    .code16
low:
// 16-bit code in protected mode.
protected_16:
    mov $0x12345678, %eax
    note %eax, 0
    xor %eax, %eax
    mov $0xffff, %ax
    inc %ax
    note %eax, 1
    mov $DATA_16, %ax
    mov %ax, %ss
    mov $0x10fff0, %esp
    pushw $1
    note %esp, 2
    movw $DATA_SEGMENT, %ax
    mov %ax, %ss
    ljmpl $CODE_SEGMENT, $AT(back_from_16)

// Protected mode off, with segments of 64 KiB.
to_real:
    mov $DATA_16, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %fs
    mov %ax, %gs
    mov %ax, %ss
    mov %cr0, %eax
    and $~1, %al
    mov %eax, %cr0
    ljmp $LOW_SEGMENT, $IN_LOW(real)
real:
    xor %ax, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov $LOW, %sp
    lidtl %cs:IN_LOW(real_table)
    mov %cs, %ax
    movzwl %ax, %eax
    note %eax, 0
    // A segment's base is 16 times its value.
    mov $LOW_SEGMENT, %ax
    mov %ax, %ds
    movzwl IN_LOW(mark), %eax
    xor %dx, %dx
    mov %dx, %ds
    note %eax, 1
    xor %ebx, %ebx
    int $0x40
    note %ebx, 2
from_real:
    cli
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    ljmpl $CODE_SEGMENT, $AT(back_from_real)
real_handler:
    mov $0x4040, %bx
    iret

// The same with segments of 4 GiB, which keep their limits.
to_unreal:
    mov $DATA_SEGMENT, %ax
    mov %ax, %ds
    mov %ax, %fs
    mov %cr0, %eax
    and $~1, %al
    mov %eax, %cr0
    ljmp $LOW_SEGMENT, $IN_LOW(unreal)
unreal:
    mov $0x00200000, %ecx
    mov (%ecx), %eax
    note %eax, 0
    mov %fs:(%ecx), %ax
    movzwl %ax, %eax
    note %eax, 1
    jmp from_real

// A segment that is loaded in real mode keeps its limit too.
to_reloaded:
    mov $DATA_SEGMENT, %ax
    mov %ax, %ds
    mov %cr0, %eax
    and $~1, %al
    mov %eax, %cr0
    ljmp $LOW_SEGMENT, $IN_LOW(reloaded)
reloaded:
    mov $0x1000, %ax
    mov %ax, %ds
    mov $0x001f0000, %ecx
    mov (%ecx), %edx
    xor %ax, %ax
    mov %ax, %ds
    note %edx, 0
    jmp from_real

// Compatibility mode with 16-bit code.
compatibility_16:
    mov $0x1234, %ax
    movzwl %ax, %eax
    note %eax, 0
    xor %eax, %eax
    mov %cs, %ax
    note %eax, 1
    ljmpl $CODE_SEGMENT, $AT(back_from_compatibility)

// Protection, paging and long mode in one step.
to_long:
    mov $DATA_16, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov %cr0, %eax
    and $~1, %al
    mov %eax, %cr0
    ljmp $LOW_SEGMENT, $IN_LOW(real_to_long)
real_to_long:
    xor %ax, %ax
    mov %ax, %ds
    mov %cr4, %eax
    or $CR4_WIDE_PAGES, %eax
    mov %eax, %cr4
    mov $EFER, %ecx
    rdmsr
    or $EFER_LONG_MODE, %eax
    wrmsr
    mov %cr0, %eax
    or $(CR0_PAGING + 1), %eax
    mov %eax, %cr0
    ljmpl $CODE_64, $AT(from_real_to_long)
mark:
    .word 0xbeef
real_table:
    .word 0x3ff
    .long 0
low_end:

    .code64
from_real_to_long:
    mov $EFER, %ecx
    rdmsr
    note %eax, 0
    mov $DATA_SEGMENT, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $KERNEL_SP, %esp
    xor %eax, %eax
    .byte 0x48, 0xff, 0xc0
    note %eax, 1
    pushq $CODE_SEGMENT
    pushq $AT(back_from_long)
    .byte 0x48
    lret
    .code32
back_from_long:
    clear_bits %cr0, CR0_PAGING
    mov $EFER, %ecx
    rdmsr
    and $~EFER_LONG_MODE, %eax
    wrmsr
    clear_bits %cr4, CR4_WIDE_PAGES
back_from_real:
    mov $DATA_SEGMENT, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    mov $KERNEL_SP, %esp
    lidt AT(gates_pointer)
    jmp *BACK
back_from_16:
    mov $KERNEL_SP, %esp
    jmp *END
back_from_compatibility:
    clear_bits %cr0, CR0_PAGING
    mov $EFER, %ecx
    rdmsr
    and $~EFER_LONG_MODE, %eax
    wrmsr
    clear_bits %cr4, CR4_WIDE_PAGES
    jmp *END

end_experiments_32
    .quad 0x00af9b000000ffff

end_descriptors_32 modes
