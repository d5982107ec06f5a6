// system-calls: SYSCALL and SYSRET in 64-bit mode, and what they leave behind.
#include "support/experiments-64.h"

#define STAR 0xc0000081
#define LSTAR 0xc0000082
#define CSTAR 0xc0000083
#define SYSCALL_MASK 0xc0000084
// Where a call goes on in ring 0, if it does not end the experiment.
#define CONTINUE 0x5f00

.macro write_register register, low, high = 0
    mov $\register, %ecx
    mov $\low, %eax
    mov $\high, %edx
    wrmsr
.endm

begin_experiments_64 system_calls
    write_register STAR, 0, (0x18 << 16) + CODE_SEGMENT
    write_register LSTAR, AT(on_call)
    write_register CSTAR, AT(on_narrow_call)
    write_register SYSCALL_MASK, FLAG_INTERRUPT + FLAG_TRAP + 0x400

    begin "SYSCALL", "none = 00000008 00000010 00008000 00000008 00004402 00004002"
    enter_user
    pushq $(FLAG_NESTED + 0x402)
    popf
    syscall
    end
    begin "SYSCALL clears RF, and not what the mask leaves", "none = 00000008 00000010 00008000 00000008 000008d7 00000006"
    enter_user
    pushq $0x8d7
    popf
    syscall
    end
    begin "SYSCALL and SYSRET", "none = 00000002 0000002b 00000023 00008000 00000055"
    movl $AT(return_64), CONTINUE
    enter_user
    mov $0x55, %ebx
    syscall
    pushf
    pop %rax
    and $SHOWN_FLAGS, %eax
    note %eax, 0
    mov %cs, %eax
    note %eax, 1
    mov %ss, %eax
    note %eax, 2
    note %esp, 3
    note %ebx, 4
    end
    begin "SYSCALL and SYSRET to 32 bits", "none = 0000001b 00000023"
    movl $AT(return_32), CONTINUE
    enter_user
    syscall
    .code32
    mov %cs, %eax
    note %eax, 0
    mov %ss, %eax
    note %eax, 1
    .code64
    end
    movl $0, CONTINUE
    begin "SYSCALL in ring 0", "none = 00000008 00000010 00180000 00000002 00000046 00000002"
    syscall
    end
    begin "SYSRET loads no privileged flags", "none = 00007402"
    mov $AT(1f), %ecx
    mov $0x37402, %r11d
    mov $USER_DATA, %eax
    mov %eax, %ds
    sysretq
1:
    pushf
    pop %rax
    and $0x27402, %eax
    note %eax
    end

    begin "without EFER.SCE", "06 002b+00 00002 0023:8000"
    mov $EFER, %ecx
    rdmsr
    and $~EFER_SYSTEM_CALLS, %eax
    wrmsr
    enter_user
    syscall
    end
    raises "SYSRET without EFER.SCE", "06 0008+00 00002", sysretq
    exit_with 0

// Notes what SYSCALL has done.
on_call:
    cmpl $0, CONTINUE
    jne to_continue
    mov %cs, %eax
    note %eax, 0
    mov %ss, %eax
    note %eax, 1
    note %esp, 2
    sub BEGIN, %ecx
    note %ecx, 3
    and $(SHOWN_FLAGS + 0x8d5), %r11d
    note %r11d, 4
    pushf
    pop %rax
    and $(SHOWN_FLAGS + 0x8d5), %eax
    note %eax, 5
    mov $KERNEL_SP, %esp
    jmp *END
to_continue:
    jmp *CONTINUE
return_64:
    sysretq
return_32:
    sysretl

on_narrow_call:
    exit_with 2

end_experiments_64

end_descriptors_64 system_calls
