// floating-user-long: raises the exceptions of x87, SSE and misaligned operands in ring 3 of 64-bit mode, where every host
// executes natively.
#include "support/experiments-64.h"

#define DIVIDE_ERROR_UNMASKED 0x037b
#define ALL_UNMASKED 0x0340
#define MXCSR_DIVIDE_ERROR_UNMASKED 0x1d80

begin_experiments_64 floating_user_long
    mov %cr4, %rax
    or $(CR4_SSE + CR4_SSE_EXCEPTIONS), %rax
    mov %rax, %cr4
    mov %cr0, %rax
    or $(CR0_ALIGNMENT_MASK + CR0_MONITOR), %rax
    mov %rax, %cr0

    // Alignment.
    begin "misaligned load with AC", "11.0000 002b+00 00002 0023:8000"
    enter_user flags = FLAG_ALIGNMENT
    mov NOTES + 1, %eax
    end
    begin "misaligned store with AC", "11.0000 002b+00 00002 0023:8000"
    enter_user flags = FLAG_ALIGNMENT
    mov %ax, NOTES + 0x801
    end
    begin "aligned load with AC", "none"
    enter_user flags = FLAG_ALIGNMENT
    mov NOTES + 4, %eax
    end
    begin "misaligned PUSH with AC", "11.0000 002b+00 00002 0023:7fff"
    enter_user flags = FLAG_ALIGNMENT, stack = USER_STACK - 1
    push %rax
    end

    // Floating point.
    fninit
    begin "x87 division by 0, at the next", "10 002b+23 00002 0023:8000 = 0000b084"
    enter_user
    fldcw AT(control_word)
    fld1
    fldz
    fdivrp
    xor %eax, %eax
    fnstsw %ax
    note %eax
    fld1
    end
    fninit
    begin "x87 stack overflow, at FWAIT", "10 002b+19 00002 0023:8000"
    enter_user
    fldcw AT(all_unmasked)
    .rept 9
    fldz
    .endr
    fwait
    end
    fninit
    begin "SSE division by 0", "13 002b+14 00002 0023:8000"
    enter_user
    ldmxcsr AT(mxcsr)
    movss AT(one), %xmm1
    xorps %xmm0, %xmm0
    divss %xmm0, %xmm1
    end
    begin "SSE invalid operation, by a comparison", "13 002b+11 00002 0023:8000"
    enter_user
    ldmxcsr AT(mxcsr_invalid)
    movss AT(not_a_number), %xmm1
    comiss %xmm1, %xmm1
    end
    begin "x87 invalid operation, at an MMX instruction", "10 002b+0f 00002 0023:8000"
    enter_user
    fninit
    fldcw AT(all_unmasked)
    fldz
    fldz
    fdivrp
    pxor %mm0, %mm0
    end

end_experiments_64

one:
    .float 1
control_word:
    .word DIVIDE_ERROR_UNMASKED
all_unmasked:
    .word ALL_UNMASKED
mxcsr:
    .long MXCSR_DIVIDE_ERROR_UNMASKED
mxcsr_invalid:
    .long 0x1f00
not_a_number:
    .long 0x7fc00000

end_descriptors_64 floating_user_long
