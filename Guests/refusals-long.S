// refusals-long: addresses that are not canonical, on stacks and in jumps, and what else 64-bit mode refuses although not every
// emulator does.
#include "support/experiments-64.h"

#define NOT_CANONICAL 0x0000800000001000
#define STACK_FAULT 12

begin_experiments_64 refusals_long
    // A stack fault needs a good stack.
    set_gate_type STACK_FAULT, GATE_INTERRUPT + 1
    mov $NOT_CANONICAL, %r12
    mov $NOT_CANONICAL, %rbp
    raises "load by RBP", "0c.0000 0008+00 00002", mov (%rbp), %rax
    begin "load by RSP", "0c.0000 0008+03 00002"
    mov %r12, %rsp
    mov (%rsp), %rax
    end
    begin "PUSH", "0c.0000 0008+03 00002"
    mov %r12, %rsp
    push %rax
    end
    begin "POP", "0c.0000 0008+03 00002"
    mov %r12, %rsp
    pop %rax
    end
    raises "INT beyond the table", "0d.020a 0008+00 00002", int $0x41
    begin "CALL", "0c.0000 0008+03 00002"
    mov %r12, %rsp
    call start
    end
    begin "ENTER", "0c.0000 0008+03 00002"
    mov %r12, %rsp
    enter $16, $0
    end
    begin "LEAVE", "0c.0000 0008+03 00002"
    mov %r12, %rbp
    leave
    end
    begin "RET", "0c.0000 0008+03 00002"
    mov %r12, %rsp
    ret
    end
    begin "load by RBP and an index", "0c.0000 0008+0f 00002"
    mov $0x1000, %ecx
    mov $NOT_CANONICAL - 0x2000, %rbp
    mov 0x1000(%rbp,%rcx), %eax
    end
    begin "load with RBP as index", "0d.0000 0008+0f 00002"
    mov $0x1000, %ecx
    mov $NOT_CANONICAL, %rbp
    mov (%rcx,%rbp), %eax
    end
    raises "jump", "0d.0000 0008+00 00002", jmp *%r12
    raises "call", "0d.0000 0008+00 00002", call *%r12
    mov $3, %eax
    raises "null for ring 3 in SS", "0d.0000 0008+00 00002", mov %eax, %ss

    // Model-specific registers.
    mov $0xc0000100, %ecx
    mov $0x00008000, %edx
    xor %eax, %eax
    raises "FS base, not canonical", "0d.0000 0008+00 00002", wrmsr
    begin "SYSCALL address, not canonical", "0d.0000 0008+0a 00002"
    mov $0xc0000082, %ecx
    mov $0x8000, %edx
    wrmsr
    end
    begin "page attributes, unknown type", "0d.0000 0008+0c 00002"
    mov $0x277, %ecx
    mov $2, %eax
    xor %edx, %edx
    wrmsr
    end

end_experiments_64

end_descriptors_64 refusals_long
