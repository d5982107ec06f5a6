// exceptions-user: raises the exceptions of ring 3 in 32-bit protected mode without paging. Every handler has the stack of the
// task state segment. Ports are open by the I/O privilege level or by the permission bitmap.
#include "support/experiments-32.h"

#define ABSENT_DATA 0x43
#define READ_ONLY_DATA 0x4b
#define BEYOND_TABLE 0x1fb
#define OPEN_PORT 0x80

begin_experiments_32 exceptions_user
    set_gate_type 0x31, GATE_INTERRUPT + GATE_USER
    set_gate_type 0x32, 0x0e00 + GATE_USER
    set_gate_type 0x33, GATE_TRAP + GATE_USER
    xor %ebp, %ebp
    user_raises "nothing", "none", nop
    user_raises "DIV by 0", "00 001b+00 00002 0023:8000", div %ebp
    user_raises "UD2", "06 001b+00 00002 0023:8000", ud2
    user_raises "INT3", "03 001b+01 00002 0023:8000", int3
    begin "INTO", "04 001b+05 00002 0023:8000"
    enter_user
    mov $0x7f, %al
    inc %al
    into
    end
    mov $4, %ebp
    user_raises "BOUND", "05 001b+00 00002 0023:8000", bound %ebp, AT(bounds)

    // Interrupts.
    user_raises "INT through a gate of ring 3", "31 001b+02 00002 0023:8000", int $0x31
    user_raises "INT through a trap gate of ring 3", "33 001b+02 00002 0023:8000", int $0x33
    user_raises "INT through a gate of ring 0", "0d.0182 001b+00 00002 0023:8000", int $0x30
    user_raises "INT through an absent gate", "0b.0192 001b+00 00002 0023:8000", int $0x32
    user_raises "INT beyond the table", "0d.0402 001b+00 00002 0023:8000", int $0x80
    user_raises "INT of a page fault", "0d.0072 001b+00 00002 0023:8000", int $14

    // Privileged instructions.
    user_raises "HLT", "0d.0000 001b+00 00002 0023:8000", hlt
    user_raises "CLTS", "0d.0000 001b+00 00002 0023:8000", clts
    user_raises "WBINVD", "0d.0000 001b+00 00002 0023:8000", wbinvd
    user_raises "RDMSR", "0d.0000 001b+00 00002 0023:8000", rdmsr
    user_raises "INVLPG", "0d.0000 001b+00 00002 0023:8000", invlpg NOTES
    user_raises "LMSW", "0d.0000 001b+00 00002 0023:8000", lmsw %ax
    user_raises "LGDT", "0d.0000 001b+00 00002 0023:8000", lgdt NOTES
    user_raises "LTR", "0d.0000 001b+00 00002 0023:8000", ltr %ax
    user_raises "MOV from CR0", "0d.0000 001b+00 00002 0023:8000", mov %cr0, %eax
    user_raises "MOV to CR4", "0d.0000 001b+00 00002 0023:8000", mov %eax, %cr4
    user_raises "MOV to DR0", "0d.0000 001b+00 00002 0023:8000", mov %eax, %dr0
    user_raises "SYSEXIT", "0d.0000 001b+00 00002 0023:8000", sysexit
    begin "SMSW", "none = 00000001"
    enter_user
    smsw %eax
    and $1, %eax
    note %eax
    end
    begin "STR", "none = 00000028"
    enter_user
    str %eax
    note %eax
    end

    // Interrupt flag and ports.
    user_raises "CLI", "0d.0000 001b+00 00002 0023:8000", cli
    user_raises "STI", "0d.0000 001b+00 00002 0023:8000", sti
    begin "CLI with IOPL 3", "none"
    enter_user flags = FLAG_IOPL_3
    cli
    end
    begin "POPF changes neither IF nor IOPL", "none = 00000802"
    enter_user
    pushl $0x3a02
    popf
    pushf
    pop %eax
    note %eax
    end
    begin "POPF with IOPL 3 changes IF alone", "none = 00003202"
    enter_user flags = FLAG_IOPL_3
    pushl $0x0202
    popf
    pushf
    pop %eax
    cli
    note %eax
    end
    user_raises "IN", "0d.0000 001b+00 00002 0023:8000", in $OPEN_PORT, %al
    user_raises "OUT of 4 bytes", "0d.0000 001b+00 00002 0023:8000", out %eax, $OPEN_PORT
    begin "OUT with IOPL 3", "none"
    enter_user flags = FLAG_IOPL_3
    out %al, $OPEN_PORT
    end
    // The bitmap opens ports 0x80 to 0x82.
    mov $AT(open_task_state), %eax
    mov %ax, AT(open_task_descriptor) + 2
    shr $16, %eax
    mov %al, AT(open_task_descriptor) + 4
    mov $0x50, %eax
    ltr %ax
    user_raises "OUT, open by the bitmap", "none", out %al, $OPEN_PORT
    user_raises "OUT of 2 bytes, open by the bitmap", "none", out %ax, $OPEN_PORT
    user_raises "OUT of 4 bytes, the last not open", "0d.0000 001b+00 00002 0023:8000", out %eax, $OPEN_PORT
    user_raises "OUT, not open", "0d.0000 001b+00 00002 0023:8000", out %al, $OPEN_PORT + 3
    user_raises "OUT, beyond the bitmap", "0d.0000 001b+00 00002 0023:8000", out %al, $0xf4
    mov $1, %ecx
    user_raises "REP OUTSB, not open", "0d.0000 001b+00 00002 0023:8000", .byte 0xf3, 0x6e

    // Segments.
    mov $ABSENT_DATA, %ebp
    user_raises "absent data in ES", "0b.0040 001b+00 00002 0023:8000", mov %ebp, %es
    user_raises "absent data in SS", "0c.0040 001b+00 00002 0023:8000", mov %ebp, %ss
    mov $READ_ONLY_DATA, %ebp
    user_raises "read-only data in SS", "0d.0048 001b+00 00002 0023:8000", mov %ebp, %ss
    mov $DATA_SEGMENT, %ebp
    user_raises "ring 0's data in DS", "0d.0010 001b+00 00002 0023:8000", mov %ebp, %ds
    mov $BEYOND_TABLE, %ebp
    user_raises "beyond the table in GS", "0d.01f8 001b+00 00002 0023:8000", mov %ebp, %gs
    user_raises "far jump to ring 0's code", "0d.0008 001b+00 00002 0023:8000", ljmp $CODE_SEGMENT, $0
    user_raises "far call to null", "0d.0000 001b+00 00002 0023:8000", lcall $0, $0
    begin "far return to ring 0's code", "0d.0008 001b+07 00002 0023:7ff8"
    enter_user
    pushl $CODE_SEGMENT
    pushl $AT(start)
    lret
    end
    begin "IRET to ring 0's code", "0d.0008 001b+09 00002 0023:7ff4"
    enter_user
    pushl $2
    pushl $CODE_SEGMENT
    pushl $AT(start)
    iret
    end
    begin "IRET to ring 3's code", "none = 00000002"
    enter_user
    pushl $(2 + FLAG_IOPL_3)
    pushl $USER_CODE
    pushl $AT(1f)
    iret
1:
    pushf
    pop %eax
    note %eax
    end
    begin "data segments of ring 0 after IRET", "none = 00000000"
    mov $DATA_SEGMENT, %eax
    mov %eax, %fs
    pushl $USER_DATA
    pushl $USER_STACK
    pushl $2
    pushl $USER_CODE
    pushl $AT(1f)
    iret
1:
    mov %fs, %eax
    mov $USER_DATA, %ecx
    mov %ecx, %ds
    note %eax
    end

    // Single steps.
    begin "single step", "01 001b+0a 00102 0023:8000 dr6 4ff0"
    enter_user
    pushf
    orl $FLAG_TRAP, (%esp)
    popf
    nop
    nop
    end
    begin "single step, begun by IRET", "01 001b+01 00102 0023:8000 dr6 4ff0"
    enter_user flags = FLAG_TRAP
    nop
    nop
    end
    begin "single step of INT through a gate", "31 001b+02 00102 0023:8000"
    enter_user flags = FLAG_TRAP
    int $0x31
    end

end_experiments_32
    .quad 0x00cf73000000ffff
    .quad 0x00cff1000000ffff
open_task_descriptor:
    .word open_task_state_end - open_task_state - 1, 0
    .byte 0, 0x89, 0, 0

    .balign 16
open_task_state:
    .long 0, KERNEL_STACK, DATA_SEGMENT
    .fill 0x66 - 12, 1, 0
    .word 0x68
    .fill OPEN_PORT / 8, 1, 0xff
    .byte 0xf8, 0xff
    .byte 0xff
open_task_state_end:

bounds:
    .long 5, 10

end_descriptors_32 exceptions_user
