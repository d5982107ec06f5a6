// gates-long: interrupt and trap gates of 64-bit mode with and without stacks of their own, call gates, far returns, and IRETQ in
// all its forms.
#include "support/experiments-64.h"

#define CONFORMING_CODE 0x50
#define CALL_GATE 0x58
#define CALL_GATE_USER 0x6b
#define CALL_GATE_NARROW 0x7b
#define CALL_GATE_ABSENT 0x8b
#define BEYOND_TABLE 0x1f8

// Points an interrupt's gate at a place.
.macro point vector, target, type
    mov $AT(\target), %eax
    mov %ax, GATES + \vector * 16
    movw $CODE_SEGMENT, GATES + \vector * 16 + 2
    movw $\type, GATES + \vector * 16 + 4
    shr $16, %eax
    mov %ax, GATES + \vector * 16 + 6
.endm
// Points a call gate at a place.
.macro aim gate, target
    mov $AT(\target), %eax
    mov %ax, AT(descriptors) + (\gate & ~7)
    shr $16, %eax
    mov %ax, AT(descriptors) + (\gate & ~7) + 6
.endm

begin_experiments_64 gates_long
    aim CALL_GATE, note_entry
    aim CALL_GATE_USER, note_entry
    aim CALL_GATE_NARROW, note_entry
    point 0x30, note_frame, GATE_INTERRUPT + GATE_USER
    point 0x31, note_frame, GATE_TRAP + GATE_USER
    point 0x32, note_frame, GATE_INTERRUPT + GATE_USER + 1
    point 0x33, note_frame, GATE_INTERRUPT + GATE_USER + 7

    // Interrupts in ring 0: the stack is aligned, and SS is pushed always.
    begin "interrupt gate", "none = 00000402 0017ffd8 00004602 00180000 00000010"
    pushq $(FLAG_INTERRUPT + FLAG_NESTED + 0x402)
    popf
    int $0x30
    cli
    pushq $2
    popf
    end
    begin "trap gate", "none = 00000602 0017ffd8 00004602 00180000 00000010"
    pushq $(FLAG_INTERRUPT + FLAG_NESTED + 0x402)
    popf
    int $0x31
    cli
    pushq $2
    popf
    end
    begin "a stack that is not aligned", "none = 00000002 0017ffb8 00000002 0017ffed 00000010 0017ffed"
    mov $KERNEL_SP - 0x13, %rsp
    int $0x30
    note %esp, 5
    end
    begin "the first interrupt stack", "none = 00000002 0002ffd8 00000002 00180000 00000010 00180000"
    int $0x32
    note %esp, 5
    end
    begin "the seventh interrupt stack", "none = 00000002 00035fd8 00000002 00180000 00000010"
    int $0x33
    end

    // IRETQ.
    begin "IRETQ changes the stack", "none = 00009000 00000010"
    pushq $DATA_SEGMENT
    pushq $0x9000
    pushq $2
    pushq $CODE_SEGMENT
    pushq $AT(1f)
    iretq
1:
    note %esp, 0
    mov %ss, %eax
    note %eax, 1
    end
    begin "IRETQ to null in SS", "none = 00000000"
    pushq $0
    pushq $0x9000
    pushq $2
    pushq $CODE_SEGMENT
    pushq $AT(1f)
    iretq
1:
    mov %ss, %eax
    note %eax, 0
    end
    begin "IRETQ with NT", "0d.0000 0008+06 04002"
    pushq $(FLAG_NESTED + 2)
    popf
    iretq
    end
    pushq $2
    popf
    begin "IRETQ to ring 3 with ring 0's stack", "0d.0010 0008+10 00002"
    pushq $DATA_SEGMENT
    pushq $0x9000
    pushq $2
    pushq $USER_CODE
    pushq $AT(start)
    iretq
    end
    begin "IRETQ to ring 3 with null in SS", "0d.0000 0008+10 00002"
    pushq $3
    pushq $0x9000
    pushq $2
    pushq $USER_CODE_32
    pushq $AT(start)
    iretq
    end
    begin "IRETQ beyond the table", "0d.01f8 0008+13 00002"
    pushq $DATA_SEGMENT
    pushq $0x9000
    pushq $2
    pushq $BEYOND_TABLE
    pushq $AT(start)
    iretq
    end
    begin "IRETQ to compatibility mode", "none = 00000040 00009000"
    pushq $DATA_SEGMENT
    pushq $0x9000
    pushq $2
    pushq $CODE_32
    pushq $AT(1f)
    iretq
    .code32
1:
    mov %cs, %eax
    note %eax, 0
    note %esp, 1
    .code64
    end

    // Far returns, jumps and calls.
    begin "far return to 64-bit code", "none = 00180000"
    pushq $CODE_SEGMENT
    pushq $AT(1f)
    lretq
1:
    note %esp
    end
    begin "far return of 32 bits to compatibility mode", "none = 00000040 00180000"
    pushq $AT(1f)
    movl $CODE_32, 4(%rsp)
    lretl
    .code32
1:
    mov %cs, %eax
    note %eax, 0
    note %esp, 1
    .code64
    end
    begin "far return to null", "0d.0000 0008+04 00002"
    pushq $0
    pushq $0
    lretq
    end
    begin "far jump through memory", "none = 00000050"
    movl $AT(1f), NOTES + 0x800
    movw $CONFORMING_CODE, NOTES + 0x804
    ljmpl *NOTES + 0x800
1:
    mov %cs, %eax
    note %eax
    end
    movl $0, NOTES + 0x800

    // What not every emulator can comes last.
    begin "far call through memory, and back", "none = 0017fff8 00180000"
    movl $AT(1f), NOTES + 0x800
    movw $CODE_SEGMENT, NOTES + 0x804
    lcalll *NOTES + 0x800
    note %esp, 1
    jmp 2f
1:
    note %esp, 0
    lretl
2:
    end
    begin "call gate", "none = 00000008 00000008 00000010 0017fff0 00000000 00000000"
    movw $CALL_GATE, NOTES + 0x804
    lcalll *NOTES + 0x800
    end
    begin "call gate to 32-bit code", "0d.0040 0008+0a 00002"
    movw $CALL_GATE_NARROW, NOTES + 0x804
    lcalll *NOTES + 0x800
    end
    begin "absent call gate", "0b.0088 0008+0a 00002"
    movw $CALL_GATE_ABSENT, NOTES + 0x804
    lcalll *NOTES + 0x800
    end
    begin "ring 3, call gate of ring 0", "0d.0058 002b+00 00002 0023:8000"
    movw $CALL_GATE, NOTES + 0x804
    enter_user
    lcalll *NOTES + 0x800
    end
    begin "ring 3, call gate", "none = 00000008 0000002b 00000000 00006fe0 00008000 00000023"
    movw $CALL_GATE_USER, NOTES + 0x804
    enter_user
    lcalll *NOTES + 0x800
    end
    begin "ring 3, jump through a call gate", "0d.0008 002b+00 00002 0023:8000"
    movw $CALL_GATE_USER, NOTES + 0x804
    enter_user
    ljmpl *NOTES + 0x800
    end
    begin "ring 3, 32 bits, call gate", "none = 00000008 0000001b 00000000 00006fe0 00008000 00000023"
    enter_user code = USER_CODE_32
    .code32
    lcall $CALL_GATE_USER, $0
    .code64
    end
    begin "far return to ring 3", "none = 00008000 0000002b"
    pushq $USER_DATA
    pushq $USER_STACK
    pushq $USER_CODE
    pushq $AT(1f)
    lretq
1:
    mov %rsp, %rcx
    mov $USER_DATA, %eax
    mov %eax, %ds
    note %ecx, 0
    mov %cs, %eax
    note %eax, 1
    end

    // Interrupts from ring 3.
    begin "ring 3, interrupt gate", "none = 00000002 00006fd8 00000002 00008000 00000023"
    enter_user
    int $0x30
    end
    begin "ring 3, trap gate", "none = 00000002 00006fd8 00000002 00008000 00000023"
    enter_user
    int $0x31
    end
    begin "ring 3, an interrupt stack", "none = 00000002 0002ffd8 00000002 00008000 00000023"
    enter_user
    int $0x32
    end
    begin "ring 3, 32 bits, interrupt gate", "none = 00000002 00006fd8 00000002 00008000 00000023"
    enter_user code = USER_CODE_32
    .code32
    int $0x30
    .code64
    end
    user_raises "ring 3, INT3", "03 002b+01 00002 0023:8000", int3
    begin "ring 3, INT and IRETQ back", "none = 00000077 00008000 0000002b 00000023"
    point 0x35, return, GATE_INTERRUPT + GATE_USER
    enter_user
    mov $0x77, %ecx
    int $0x35
    note %ecx, 0
    note %esp, 1
    mov %cs, %eax
    note %eax, 2
    mov %ss, %eax
    note %eax, 3
    end
    begin "SWAPGS", "none = 00001111 00002222"
    mov $0xc0000101, %ecx
    mov $0x1111, %eax
    xor %edx, %edx
    wrmsr
    mov $0xc0000102, %ecx
    mov $0x2222, %eax
    wrmsr
    swapgs
    rdmsr
    note %eax, 0
    mov $0xc0000101, %ecx
    rdmsr
    note %eax, 1
    end
    begin "IRET of 32 bits", "none = 0000a000"
    mov $0x9000, %ecx
    movl $AT(1f), -20(%rcx)
    movl $CODE_SEGMENT, -16(%rcx)
    movl $2, -12(%rcx)
    movl $0xa000, -8(%rcx)
    movl $DATA_SEGMENT, -4(%rcx)
    lea -20(%rcx), %rsp
    iretl
1:
    note %esp, 0
    end
    begin "IRETQ to data", "0d.0010 0008+10 00002"
    pushq $DATA_SEGMENT
    pushq $0x9000
    pushq $2
    pushq $DATA_SEGMENT
    pushq $AT(start)
    iretq
    end
    exit_with 0

// Notes the handler's flags and stack, the saved flags, stack and stack segment, and ends the experiment.
note_frame:
    pushf
    pop %rax
    and $SHOWN_FLAGS, %eax
    note %eax, 0
    note %esp, 1
    mov 16(%rsp), %eax
    and $SHOWN_FLAGS, %eax
    note %eax, 2
    mov 24(%rsp), %eax
    note %eax, 3
    mov 32(%rsp), %eax
    note %eax, 4
    testb $3, 8(%rsp)
    jz return
    jmp *END
return:
    iretq

// Notes what a call gate has pushed: the caller's code segment, and its stack where that has changed.
note_entry:
    mov %cs, %eax
    note %eax, 0
    mov 8(%rsp), %eax
    note %eax, 1
    mov %ss, %eax
    note %eax, 2
    note %esp, 3
    mov 16(%rsp), %eax
    note %eax, 4
    mov 24(%rsp), %eax
    note %eax, 5
    jmp *END

end_experiments_64
    .quad 0x00af9f000000ffff
    // Call gates: 16 bytes each.
    .word 0, CODE_SEGMENT, 0x8c00, 0, 0, 0, 0, 0
    .word 0, CODE_SEGMENT, 0xec00, 0, 0, 0, 0, 0
    .word 0, CODE_32, 0xec00, 0, 0, 0, 0, 0
    .word 0, CODE_SEGMENT, 0x6c00, 0, 0, 0, 0, 0

end_descriptors_64 gates_long
