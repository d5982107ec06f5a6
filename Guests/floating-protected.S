// floating-protected: raises the exceptions of x87, MMX and SSE in 32-bit protected mode. Not every
// emulator has these instructions.
#include "support/experiments-32.h"

#define DIVIDE_ERROR_UNMASKED 0x037b

begin_experiments_32 floating_protected
    // FWAIT and SSE with and without a coprocessor. x87 comes last: some emulators have none.
    set_bits %cr0, CR0_EMULATION
    raises "FWAIT with EM", "none", fwait
    clear_bits %cr0, CR0_EMULATION
    set_bits %cr0, CR0_TASK_SWITCHED
    raises "FWAIT with TS", "none", fwait
    set_bits %cr0, CR0_MONITOR
    raises "FWAIT with TS and MP", "07 0008+00 00002", fwait
    set_bits %cr4, CR4_SSE
    raises "SSE with TS", "07 0008+00 00002", movaps %xmm1, %xmm0
    clts
    raises "FWAIT after CLTS", "none", fwait
    set_bits %cr0, CR0_EMULATION
    raises "SSE with EM", "06 0008+00 00002", movaps %xmm1, %xmm0
    clear_bits %cr0, CR0_EMULATION
    clear_bits %cr4, CR4_SSE
    raises "SSE without OSFXSR", "06 0008+00 00002", movaps %xmm1, %xmm0
    set_bits %cr4, CR4_SSE + CR4_SSE_EXCEPTIONS
    mov $AT(one) + 1, %eax
    raises "SSE, misaligned", "0d.0000 0008+00 00002", movaps (%eax), %xmm0

    // MMX and x87.
    set_bits %cr0, CR0_EMULATION
    raises "MMX with EM", "06 0008+00 00002", pxor %mm0, %mm0
    raises "x87 with EM", "07 0008+00 00002", fnop
    clear_bits %cr0, CR0_EMULATION
    set_bits %cr0, CR0_TASK_SWITCHED
    raises "MMX with TS", "07 0008+00 00002", pxor %mm0, %mm0
    raises "x87 with TS", "07 0008+00 00002", fld1
    clts
    set_bits %cr0, CR0_NUMERIC_ERROR
    fninit
    fldcw AT(control_word)
    begin "x87 division by 0, at FWAIT", "10 0008+07 00002"
    fld1
    fldz
    fdivrp
    nop
    fwait
    end

end_experiments_32

    .balign 16
control_word:
    .word DIVIDE_ERROR_UNMASKED, 0
one:
    .float 1

end_descriptors_32 floating_protected
