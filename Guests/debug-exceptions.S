// debug-exceptions: debug exceptions and what DR6 says of each: single steps and breakpoints of a guest that debugs itself, in
// 64-bit mode and from ring 3.
#include "support/experiments-64.h"

#define VARIABLE (NOTES + 0x800)

.macro load_debug register, value
    mov $\value, %eax
    mov %rax, \register
.endm

begin_experiments_64 debug_exceptions
    // Single steps.
    begin "single step after MOV SS", "01 0008+0b 00102 dr6 4ff0"
    mov %ss, %ecx
    pushq $(FLAG_TRAP + 2)
    popf
    mov %ecx, %ss
    nop
    nop
    end
    begin "single step of REP MOVSB", "01 0008+12 00102 dr6 4ff0 = 00005801"
    mov $VARIABLE, %esi
    mov %esi, %edi
    mov $3, %ecx
    pushq $(FLAG_TRAP + 2)
    popf
    rep movsb
    nop
    end_with %edi
    begin "ring 3, single step of REP MOVSB", "01 002b+12 00102 0023:8000 dr6 4ff0 = 00005801"
    enter_user
    mov $VARIABLE, %esi
    mov %esi, %edi
    mov $3, %ecx
    pushq $(FLAG_TRAP + 2)
    popf
    rep movsb
    nop
    end_with %edi

    // Breakpoints of the guest's own.
    load_debug %dr0, AT(hot)
    load_debug %dr1, VARIABLE
    begin "breakpoint before an instruction", "01 0008+0b 00002 dr6 0ff1"
    load_debug %dr7, 0x402
    jmp hot
    nop
hot:
    nop
    end
    begin "a write watched", "01 0008+13 00002 dr6 0ff2"
    load_debug %dr7, 0x00d00408
    movl $1, VARIABLE
    nop
    end
    begin "a read that is not a write", "none"
    load_debug %dr7, 0x00d00408
    mov VARIABLE, %eax
    end
    begin "a read or write watched", "01 0008+0f 00002 dr6 0ff2"
    load_debug %dr7, 0x00f00408
    mov VARIABLE + 3, %al
    nop
    end
    begin "a port watched", "01 0008+1c 00002 dr6 0ff4"
    mov %cr4, %rax
    or $CR4_DEBUGGING_EXTENSIONS, %rax
    mov %rax, %cr4
    load_debug %dr2, 0x80
    load_debug %dr7, 0x02000420
    out %al, $0x80
    nop
    end
    load_debug %dr7, 0x400
    begin "DR7 with general detection", "01 0008+08 00002 dr6 2ff0"
    load_debug %dr7, 0x2400
    mov %dr0, %rax
    end
    load_debug %dr7, 0x400
    raises "DR4 with CR4.DE", "06 0008+00 00002", mov %dr4, %rax
    mov %cr4, %rax
    and $~CR4_DEBUGGING_EXTENSIONS, %rax
    mov %rax, %cr4
    begin "DR4 is DR6 without CR4.DE", "none = ffff0ff0"
    mov %dr4, %rax
    note %eax
    end

end_experiments_64

end_descriptors_64 debug_exceptions
