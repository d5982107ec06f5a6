// virtual-8086: enters virtual-8086 mode by IRET, raises exceptions and interrupts there, and comes back through gates of
// protected mode. The I/O privilege level decides about interrupts and flags, the permission bitmap about ports.
#include "support/experiments-32.h"

// Where its 16-bit code runs: the segment's first byte is the code of the experiment.
#define VIRTUAL_SEGMENT 0x0700
#define VIRTUAL_CODE 0x7000
#define VIRTUAL_STACK_SEGMENT 0x0900
#define VIRTUAL_STACK 0x0800
#define OPEN_PORT 0x80

// The rest of the experiment up to `end_virtual` is in virtual-8086 mode, copied to VIRTUAL_CODE.
.macro enter_virtual flags = 0
    mov $AT(97f), %esi
    mov $VIRTUAL_CODE, %edi
    mov $(98f - 97f + 2), %ecx
    rep movsb
    movl $0, BEGIN
    movl $(98f - 97f), END
    pushl $0x0222
    pushl $0x0333
    pushl $0x0444
    pushl $0x0555
    pushl $VIRTUAL_STACK_SEGMENT
    pushl $VIRTUAL_STACK
    pushl $(FLAG_VIRTUAL + 0x02 + \flags)
    pushl $VIRTUAL_SEGMENT
    pushl $0
    iret
    .code16
97:
.endm

// UD2, which is copied too, ends the experiment.
.macro end_virtual
98:
    ud2
    .code32
99:
    call report
.endm

.macro virtual_raises name, expected, instruction:vararg
    begin "\name", "\expected"
    enter_virtual
    \instruction
    end_virtual
.endm

begin_experiments_32 virtual_8086
    set_gate_type 0x31, GATE_INTERRUPT + GATE_USER

    virtual_raises "nothing", "none", nop
    virtual_raises "DIV by 0", "00 0700+00 20002 0900:0800", div %bp
    virtual_raises "UD2", "06 0700+00 20002 0900:0800", ud2
    virtual_raises "INT3", "03 0700+01 20002 0900:0800", int3
    begin "INTO", "04 0700+05 20002 0900:0800"
    enter_virtual
    mov $0x7f, %al
    inc %al
    into
    end_virtual
    virtual_raises "LAR", "06 0700+00 20002 0900:0800", lar %ax, %ax
    virtual_raises "SLDT", "06 0700+00 20002 0900:0800", sldt %ax
    virtual_raises "ARPL", "06 0700+00 20002 0900:0800", .byte 0x63, 0xc0

    // Privileged instructions.
    virtual_raises "HLT", "0d.0000 0700+00 20002 0900:0800", hlt
    virtual_raises "MOV from CR0", "0d.0000 0700+00 20002 0900:0800", mov %cr0, %eax
    virtual_raises "LGDT", "0d.0000 0700+00 20002 0900:0800", lgdtl 0
    virtual_raises "LMSW", "0d.0000 0700+00 20002 0900:0800", lmsw %ax
    virtual_raises "RDMSR", "0d.0000 0700+00 20002 0900:0800", rdmsr

    // The I/O privilege level is below 3.
    virtual_raises "INT", "0d.0000 0700+00 20002 0900:0800", int $0x31
    virtual_raises "CLI", "0d.0000 0700+00 20002 0900:0800", cli
    virtual_raises "STI", "0d.0000 0700+00 20002 0900:0800", sti
    virtual_raises "PUSHF", "0d.0000 0700+00 20002 0900:0800", pushf
    virtual_raises "POPF", "0d.0000 0700+00 20002 0900:0800", popf
    virtual_raises "IRET", "0d.0000 0700+00 20002 0900:0800", iret
    virtual_raises "PUSHF of 32 bits", "0d.0000 0700+00 20002 0900:0800", pushfl

    // It is 3.
    begin "IOPL 3, INT through a gate of ring 3", "31 0700+02 23002 0900:0800"
    enter_virtual FLAG_IOPL_3
    int $0x31
    end_virtual
    begin "IOPL 3, INT through a gate of ring 0", "0d.0182 0700+00 23002 0900:0800"
    enter_virtual FLAG_IOPL_3
    int $0x30
    end_virtual
    begin "IOPL 3, CLI and PUSHF", "none = 00003002"
    enter_virtual FLAG_IOPL_3 + FLAG_INTERRUPT
    cli
    pushfw
    popw %ax
    movzwl %ax, %eax
    xor %cx, %cx
    mov %cx, %ds
    note %eax
    end_virtual
    begin "IOPL 3, POPF of 32 bits keeps VM and IOPL", "none = 00003002"
    enter_virtual FLAG_IOPL_3
    pushl $0x0002
    popfl
    pushfl
    popl %eax
    xor %cx, %cx
    mov %cx, %ds
    note %eax
    end_virtual
    begin "IOPL 3, IRET", "none = 00003202"
    enter_virtual FLAG_IOPL_3
    pushw $0x0202
    pushw $VIRTUAL_SEGMENT
    call 1f
1:
    popw %ax
    add $(2f - 1b), %ax
    pushw %ax
    iretw
2:
    pushfw
    cli
    popw %ax
    movzwl %ax, %eax
    xor %cx, %cx
    mov %cx, %ds
    note %eax
    end_virtual

    // Segments as in real mode.
    begin "segment registers", "none = 00000444 00000555 00000333 00000222 00000900 00000800"
    enter_virtual
    xor %eax, %eax
    mov %ds, %ax
    mov %es, %cx
    mov %fs, %dx
    mov %gs, %bx
    xor %bp, %bp
    mov %bp, %ds
    note %eax, 0
    movzwl %cx, %eax
    note %eax, 1
    movzwl %dx, %eax
    note %eax, 2
    movzwl %bx, %eax
    note %eax, 3
    mov %ss, %ax
    note %eax, 4
    note %esp, 5
    end_virtual
    begin "a segment's base is 16 times its value", "none = 0000ffb8"
    enter_virtual
    mov $VIRTUAL_SEGMENT - 1, %ax
    mov %ax, %ds
    movzwl 0x10, %eax
    xor %cx, %cx
    mov %cx, %ds
    note %eax
    end_virtual
    begin "far jump", "none = 000006ff"
    enter_virtual
    ljmpw $VIRTUAL_SEGMENT - 1, $0x15
    xor %eax, %eax
    mov %ax, %ds
    mov %cs, %ax
    note %eax
    ljmpw $VIRTUAL_SEGMENT, $(98f - 97b)
    end_virtual

    // Ports: the bitmap alone decides.
    begin "IOPL 3, OUT", "0d.0000 0700+00 23002 0900:0800"
    enter_virtual FLAG_IOPL_3
    out %al, $OPEN_PORT
    end_virtual
    mov $AT(open_task_state), %eax
    mov %ax, AT(open_task_descriptor) + 2
    shr $16, %eax
    mov %al, AT(open_task_descriptor) + 4
    mov $FIRST_FREE_SEGMENT, %eax
    ltr %ax
    virtual_raises "OUT, open by the bitmap", "none", out %al, $OPEN_PORT
    virtual_raises "OUT, not open", "0d.0000 0700+00 20002 0900:0800", out %al, $0x81

    // Single steps.
    begin "single step, begun by IRET", "01 0700+01 20102 0900:0800 dr6 4ff0"
    enter_virtual FLAG_TRAP
    nop
    nop
    end_virtual

    // The handler finds null in data segments, and IRET back into virtual-8086 mode restores them.
    mov $AT(note_segments), %eax
    mov %ax, GATES + 0x31 * 8
    shr $16, %eax
    mov %ax, GATES + 0x31 * 8 + 6
    begin "segments in the handler, and after it", "none = 00000000 00000000 00000000 00023002 00000123"
    enter_virtual FLAG_IOPL_3
    mov $0x0123, %ax
    mov %ax, %es
    int $0x31
    xor %ecx, %ecx
    mov %cx, %ds
    mov %es, %cx
    note %ecx, 4
    end_virtual

end_experiments_32
open_task_descriptor:
    .word open_task_state_end - open_task_state - 1, 0
    .byte 0, 0x89, 0, 0

note_segments:
    mov %ds, %ecx
    mov %es, %edx
    mov %fs, %ebx
    mov $DATA_SEGMENT, %eax
    mov %eax, %ds
    note %ecx, 0
    note %edx, 1
    note %ebx, 2
    mov 8(%esp), %eax
    and $SHOWN_FLAGS, %eax
    note %eax, 3
    iret

    .balign 16
open_task_state:
    .long 0, KERNEL_STACK, DATA_SEGMENT
    .fill 0x66 - 12, 1, 0
    .word 0x68
    .fill OPEN_PORT / 8, 1, 0xff
    .byte 0xfe, 0xff
open_task_state_end:

end_descriptors_32 virtual_8086
