// control-registers-long: writes to control, debug and model-specific registers that are refused in 64-bit mode.
#include "support/experiments-64.h"

begin_experiments_64 control_registers_long
    begin "no paging in 64-bit code", "0d.0000 0008+08 00002"
    mov %cr0, %rax
    btr $31, %rax
    mov %rax, %cr0
    end
    begin "no wide pages in long mode", "0d.0000 0008+08 00002"
    mov %cr4, %rax
    btr $5, %rax
    mov %rax, %cr4
    end
    begin "no long mode while it pages", "0d.0000 0008+0b 00002"
    mov $EFER, %ecx
    rdmsr
    btr $8, %eax
    wrmsr
    end
    mov $16, %eax
    raises "CR8, reserved bit", "0d.0000 0008+00 00002", mov %rax, %cr8
    mov $0x100000000, %rax
    raises "DR6, upper half", "0d.0000 0008+00 00002", mov %rax, %dr6
    mov $0x100000000, %rax
    raises "DR7, upper half", "0d.0000 0008+00 00002", mov %rax, %dr7

end_experiments_64

end_descriptors_64 control_registers_long
