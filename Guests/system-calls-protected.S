// system-calls-protected: SYSENTER and SYSEXIT in 32-bit protected mode.
#include "support/experiments-32.h"

#define SYSENTER_CODE 0x174
#define SYSENTER_STACK 0x175
#define SYSENTER_PLACE 0x176
// Where SYSENTER's code goes on when it has noted what there is.
#define CONTINUE 0x5f00

.macro write_register register, value
    mov $\register, %ecx
    mov $\value, %eax
    xor %edx, %edx
    wrmsr
.endm

begin_experiments_32 system_calls_protected
    write_register SYSENTER_CODE, 0
    write_register SYSENTER_STACK, 0x9800
    write_register SYSENTER_PLACE, AT(on_enter)
    movl $AT(to_end), CONTINUE
    raises "SYSENTER without its code segment", "0d.0000 0008+00 00002", sysenter
    raises "SYSEXIT without its code segment", "0d.0000 0008+00 00002", sysexit
    user_raises "ring 3, SYSENTER without its code segment", "0d.0000 001b+00 00002 0023:8000", sysenter
    write_register SYSENTER_CODE, CODE_SEGMENT
    begin "SYSENTER", "none = 00000008 00000010 00009800 00004402"
    enter_user
    pushl $0x4402
    popf
    sysenter
    end
    begin "SYSENTER in ring 0", "none = 00000008 00000010 00009800 00000002"
    sysenter
    end
    begin "SYSENTER and SYSEXIT", "none = 00000008 00000010 00009800 00000002 0000001b 00000023 00008000"
    movl $AT(return), CONTINUE
    enter_user
    mov $AT(1f), %edx
    mov %esp, %ecx
    sysenter
1:
    mov %cs, %eax
    note %eax, 4
    mov %ss, %eax
    note %eax, 5
    note %esp, 6
    end
    user_raises "ring 3, SYSEXIT", "0d.0000 001b+00 00002 0023:8000", sysexit
    exit_with 0

// Notes what SYSENTER has done.
on_enter:
    mov %cs, %eax
    note %eax, 0
    mov %ss, %eax
    note %eax, 1
    note %esp, 2
    pushf
    pop %eax
    and $SHOWN_FLAGS, %eax
    note %eax, 3
    jmp *CONTINUE
to_end:
    jmp *END
return:
    sysexit

end_experiments_32

end_descriptors_32 system_calls_protected
