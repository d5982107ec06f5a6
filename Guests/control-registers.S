// control-registers: writes to control and model-specific registers that are refused, in 32-bit protected mode.
#include "support/experiments-32.h"

begin_experiments_32 control_registers
    mov %cr0, %eax
    or $CR0_PAGING, %eax
    and $~1, %eax
    raises "paging without protection", "0d.0000 0008+00 00002", mov %eax, %cr0
    mov $0x20000011, %eax
    raises "NW without CD", "0d.0000 0008+00 00002", mov %eax, %cr0
    mov $0x80000000, %eax
    raises "CR4, reserved bit", "0d.0000 0008+00 00002", mov %eax, %cr4
    mov $0xc0000080, %ecx
    xor %eax, %eax
    mov $1, %edx
    raises "EFER, reserved bit", "0d.0000 0008+00 00002", wrmsr
    mov $0x12345678, %ecx
    raises "RDMSR of nothing", "0d.0000 0008+00 00002", rdmsr
    begin "LMSW keeps PE", "none = 00000011"
    mov $0x10, %eax
    lmsw %ax
    smsw %eax
    note %eax
    end

end_experiments_32

end_descriptors_32 control_registers
