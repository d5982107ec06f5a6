// gates-protected: interrupt and trap gates of 16 and 32 bits, call gates with parameters, far jumps, calls and returns, conforming
// code, and what LAR, LSL, VERR and VERW say, in 32-bit protected mode.
#include "support/experiments-32.h"

#define CONFORMING_CODE 0x40
#define CALL_GATE 0x48
#define CALL_GATE_USER 0x53
#define CALL_GATE_PARAMETERS 0x5b
#define CALL_GATE_16 0x63
#define ABSENT_CALL_GATE 0x6b
#define CALL_GATE_TO_DATA 0x73
#define CALL_GATE_TO_NULL 0x7b
#define CALL_GATE_TO_USER 0x83
#define ABSENT_CODE 0x88
#define EXECUTE_ONLY_CODE 0x90
#define LOCAL_TABLE 0x98
#define LOCAL_CODE 0x04
#define LOCAL_DATA 0x0c
#define BEYOND_TABLE 0x1f8

// A gate for calls: selector, place, parameters, type.
.macro call_gate selector, target, parameters, type
    .word 0, \selector, \parameters + \type * 0x100, 0
.endm

// Points a call gate at a place.
.macro aim gate, target
    mov $AT(\target), %eax
    mov %ax, AT(descriptors) + (\gate & ~7)
    shr $16, %eax
    mov %ax, AT(descriptors) + (\gate & ~7) + 6
.endm

// Points an interrupt's gate at a place, for 32 bits or for 16.
.macro point vector, target, type
    mov $AT(\target), %eax
    mov %ax, GATES + \vector * 8
    movw $CODE_SEGMENT, GATES + \vector * 8 + 2
    movw $\type, GATES + \vector * 8 + 4
    shr $16, %eax
    mov %ax, GATES + \vector * 8 + 6
.endm
.macro point_16 vector, address, type
    movl $(CODE_16 * 0x10000 + \address), GATES + \vector * 8
    movl $\type, GATES + \vector * 8 + 4
.endm

// What LAR, LSL, VERR and VERW say about a segment: two results and four times whether it may be used so.
.macro describe name, expected, selector
    begin "\name", "\expected"
    xor %eax, %eax
    mov $\selector, %ecx
    lar %ecx, %eax
    setz %dl
    // Bits 16 to 19 are undefined.
    and $0x00f0ff00, %eax
    note %eax, 0
    movzbl %dl, %eax
    and $1, %eax
    note %eax, 1
    xor %eax, %eax
    lsl %ecx, %eax
    note %eax, 2
    setz %al
    and $1, %eax
    note %eax, 3
    verr %cx
    setz %al
    note %eax, 4
    verw %cx
    setz %al
    note %eax, 5
    end
.endm

begin_experiments_32 gates_protected
    .irp gate, CALL_GATE, CALL_GATE_USER, CALL_GATE_TO_USER, CALL_GATE_TO_NULL, CALL_GATE_TO_DATA
    aim \gate, note_entry
    .endr
    aim CALL_GATE_PARAMETERS, note_parameters
    mov $AT(local_table), %eax
    mov %ax, AT(local_descriptor) + 2
    shr $16, %eax
    mov %al, AT(local_descriptor) + 4
    // 16-bit code lies in low memory.
    mov $AT(code_16), %esi
    mov $0x6000, %edi
    mov $(code_16_end - code_16), %ecx
    rep movsb

    // Interrupt gates clear IF, trap gates do not; a handler of ring 0 keeps the stack.
    point 0x32, note_flags, GATE_INTERRUPT
    point 0x33, note_flags, GATE_TRAP
    begin "flags in the handler of an interrupt gate", "none = 00000402 00004602"
    pushl $(FLAG_INTERRUPT + FLAG_NESTED + 0x402)
    popf
    int $0x32
    cli
    end
    begin "flags in the handler of a trap gate", "none = 00000602 00004602"
    pushl $(FLAG_INTERRUPT + FLAG_NESTED + 0x402)
    popf
    int $0x33
    cli
    end

    // Call gates.
    raises "call gate", "none = 00000008 00000008 00000000 00000000", lcall $CALL_GATE, $0
    raises "jump through a call gate", "none = 00000008 00000000 00000000 00000000", ljmp $CALL_GATE, $0
    user_raises "ring 3, call gate of ring 0", "0d.0048 001b+00 00002 0023:8000", lcall $CALL_GATE, $0
    user_raises "ring 3, call gate", "none = 00000008 0000001b 00008000 00000023", lcall $CALL_GATE_USER, $0
    user_raises "ring 3, jump through a call gate to ring 0", "0d.0008 001b+00 00002 0023:8000", ljmp $CALL_GATE_USER, $0
    begin "ring 3, call gate with parameters", "none = 33333333 22222222 11111111 00008000"
    enter_user
    pushl $0x11111111
    pushl $0x22222222
    pushl $0x33333333
    lcall $CALL_GATE_PARAMETERS, $0
    note %esp, 3
    end
    begin "ring 3, call gate of 16 bits with parameters", "none = 0000001b 11112222 00237ffc"
    enter_user
    pushw $0x1111
    pushw $0x2222
    lcall $CALL_GATE_16, $0
    end
    user_raises "ring 3, absent call gate", "0b.0068 001b+00 00002 0023:8000", lcall $ABSENT_CALL_GATE, $0
    user_raises "ring 3, call gate to data", "0d.0010 001b+00 00002 0023:8000", lcall $CALL_GATE_TO_DATA, $0
    user_raises "ring 3, call gate to null", "0d.0000 001b+00 00002 0023:8000", lcall $CALL_GATE_TO_NULL, $0
    user_raises "ring 3, call gate to ring 3", "none = 0000001b 0000001b 00000000 00000000", lcall $CALL_GATE_TO_USER, $0
    raises "ring 0, call gate to ring 3", "0d.0018 0008+00 00002", lcall $CALL_GATE_TO_USER, $0

    // Jumps, calls and returns.
    begin "far call and return", "none = 0017fff8 00000008"
    lcall $CODE_SEGMENT, $AT(1f)
    jmp 2f
1:
    note %esp, 0
    mov 4(%esp), %eax
    note %eax, 1
    lret
2:
    end
    begin "far return that releases parameters", "none = 00180000"
    pushl $0x44444444
    lcall $CODE_SEGMENT, $AT(1f)
    jmp 2f
1:
    lret $4
2:
    note %esp
    end
    begin "conforming code, from ring 3", "none = 00000043"
    enter_user
    ljmp $CONFORMING_CODE, $AT(1f)
1:
    mov %cs, %eax
    note %eax
    end
    user_raises "absent code", "0d.0088 001b+00 00002 0023:8000", ljmp $ABSENT_CODE + 3, $0
    raises "ring 0 jumps to absent code", "0b.0088 0008+00 00002", ljmp $ABSENT_CODE, $0
    begin "far return to ring 3", "none = 00008000 0000001b"
    pushl $USER_DATA
    pushl $USER_STACK
    pushl $USER_CODE
    pushl $AT(1f)
    lret
1:
    mov %esp, %ecx
    mov $USER_DATA, %eax
    mov %eax, %ds
    note %ecx, 0
    mov %cs, %eax
    note %eax, 1
    end
    begin "far return to ring 3 that releases parameters", "none = 00008008"
    pushl $USER_DATA
    pushl $USER_STACK
    pushl $0x55555555
    pushl $0x66666666
    pushl $USER_CODE
    pushl $AT(1f)
    lret $8
1:
    mov %esp, %ecx
    mov $USER_DATA, %eax
    mov %eax, %ds
    note %ecx
    end
    begin "far return to ring 3 with ring 0's stack", "0d.0010 0008+0e 00002"
    pushl $DATA_SEGMENT
    pushl $USER_STACK
    pushl $USER_CODE
    pushl $AT(start)
    lret
    end
    begin "far return to null", "0d.0000 0008+04 00002"
    pushl $0
    pushl $0
    lret
    end
    begin "far return beyond the table", "0d.01f8 0008+07 00002"
    pushl $BEYOND_TABLE
    pushl $0
    lret
    end

    // IRET.
    begin "IRET keeps the stack", "none = 00180000"
    pushf
    pushl $CODE_SEGMENT
    pushl $AT(1f)
    iret
1:
    note %esp
    end
    begin "IRET to 16-bit code", "none = 00000030 00180000"
    pushl $2
    pushl $CODE_16
    pushl $(0x6000 + code_16_back - code_16)
    iret
    end
    begin "IRET to ring 3 with ring 0's stack", "0d.0010 0008+10 00002"
    pushl $DATA_SEGMENT
    pushl $USER_STACK
    pushl $2
    pushl $USER_CODE
    pushl $AT(start)
    iret
    end
    begin "IRET with NT and no link", "0a.0000 0008+06 04002"
    pushl $(FLAG_NESTED + 2)
    popf
    iret
    end
    begin "IRET to conforming code of ring 3", "none = 00000043"
    pushl $USER_DATA
    pushl $USER_STACK
    pushl $2
    pushl $(CONFORMING_CODE + 3)
    pushl $AT(1f)
    iret
1:
    mov $USER_DATA, %eax
    mov %eax, %ds
    mov %cs, %eax
    note %eax
    end

    // The local table.
    mov $LOCAL_TABLE, %eax
    raises "LLDT", "none", lldt %ax
    begin "code of the local table", "none = 00000004 00000098"
    ljmp $LOCAL_CODE, $AT(1f)
1:
    mov %cs, %eax
    note %eax, 0
    sldt %eax
    note %eax, 1
    end
    mov $(LOCAL_DATA + 8), %eax
    raises "beyond the local table", "0d.0014 0008+00 00002", mov %eax, %fs

    // What instructions say about segments.
    describe "rights of code", "none = 00c09b00 00000001 ffffffff 00000001 00000001 00000000", CODE_SEGMENT
    describe "rights of data", "none = 00c09300 00000001 ffffffff 00000001 00000001 00000001", DATA_SEGMENT
    describe "rights of ring 3's code", "none = 00c0fb00 00000001 ffffffff 00000001 00000001 00000000", USER_CODE
    describe "rights of a task", "none = 00008b00 00000001 00000067 00000001 00000000 00000000", TASK_STATE
    describe "rights of a call gate", "none = 00108c00 00000001 00000000 00000000 00000000 00000000", CALL_GATE
    describe "rights of a local table", "none = 00008200 00000001 0000000f 00000001 00000000 00000000", LOCAL_TABLE
    describe "rights of absent code", "none = 00c01b00 00000001 ffffffff 00000001 00000001 00000000", ABSENT_CODE
    describe "rights of execute-only code", "none = 00c09900 00000001 ffffffff 00000001 00000000 00000000", EXECUTE_ONLY_CODE
    describe "rights of null", "none = 00000000 00000000 00000000 00000000 00000000 00000000", 0
    begin "LAR of ring 0's data in ring 3", "none = 00000000"
    enter_user
    mov $DATA_SEGMENT, %ecx
    lar %ecx, %eax
    setz %al
    and $1, %eax
    note %eax
    end
    begin "ARPL raises", "none = 00000013 00000001"
    mov $0x10, %eax
    mov $0x33, %ecx
    arpl %cx, %ax
    setz %dl
    and $1, %edx
    note %eax, 0
    note %edx, 1
    end

    // Gates of 16 bits come last: some emulators push the wrong words.
    point_16 0x34, 0x6000, 0x8600
    point_16 0x35, 0x6000, 0x8700
    begin "interrupt gate of 16 bits", "none = 00000046 00000008 00000046"
    int $0x34
    end
    begin "trap gate of 16 bits", "none = 00000246 00000008 00000246"
    sti
    int $0x35
    cli
    end
    exit_with 0

// Notes the flags of an interrupt's handler, and those that it will restore.
note_flags:
    pushf
    pop %eax
    note %eax, 0
    mov 8(%esp), %eax
    note %eax, 1
    iret

// Notes the code segment behind a call gate, that of its caller, and what else was pushed if the stack has changed.
note_entry:
    mov %cs, %eax
    note %eax, 0
    mov 4(%esp), %eax
    note %eax, 1
    mov 8(%esp), %eax
    note %eax, 2
    mov 12(%esp), %eax
    note %eax, 3
to_end:
    jmp *END

// Notes the parameters that a call gate has copied, and releases them.
note_parameters:
    mov 8(%esp), %eax
    note %eax, 0
    mov 12(%esp), %eax
    note %eax, 1
    mov 16(%esp), %eax
    note %eax, 2
    lret $12

    .code16
// The handler of an interrupt through a gate of 16 bits: notes its flags, and the code segment and flags that were pushed.
code_16:
    pushfl
    popl %eax
    note %eax, 0
    movzwl 2(%esp), %eax
    note %eax, 1
    movzwl 4(%esp), %eax
    note %eax, 2
    ljmpl $CODE_SEGMENT, $AT(to_end)

// Notes the caller's code segment, parameters and stack behind a call gate of 16 bits.
code_16_call:
    movzwl 2(%esp), %eax
    note %eax, 0
    mov 4(%esp), %eax
    note %eax, 1
    mov 8(%esp), %eax
    note %eax, 2
    ljmpl $CODE_SEGMENT, $AT(to_end)

code_16_back:
    xor %eax, %eax
    mov %cs, %ax
    note %eax, 0
    note %esp, 1
    ljmpl $CODE_SEGMENT, $AT(to_end)
code_16_end:
    .code32
    point_16 0x34, 0x6000, 0x8600
    point_16 0x35, 0x6000, 0x8700

end_experiments_32
    // Conforming code of ring 0.
    .quad 0x00cf9f000000ffff
    call_gate CODE_SEGMENT, note_entry, 0, 0x8c
    call_gate CODE_SEGMENT, note_entry, 0, 0xec
    call_gate CODE_SEGMENT, note_parameters, 3, 0xec
    .word 0x6000 + code_16_call - code_16, CODE_16, 0xe402, 0
    call_gate CODE_SEGMENT, note_entry, 0, 0x6c
    call_gate DATA_SEGMENT, note_entry, 0, 0xec
    call_gate 0, note_entry, 0, 0xec
    call_gate USER_CODE, note_entry, 0, 0xec
    .quad 0x00cf1b000000ffff
    .quad 0x00cf99000000ffff
local_descriptor:
    .word local_table_end - local_table - 1, 0
    .byte 0, 0x82, 0, 0

local_table:
    .quad 0x00cf9b000000ffff
    .quad 0x00cf93000000ffff
local_table_end:

end_descriptors_32 gates_protected
