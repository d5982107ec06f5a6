// exceptions-protected: raises every exception that ring 0 can raise in 32-bit protected mode without paging.
#include "support/experiments-32.h"

#define READ_ONLY_DATA 0x40
#define EXECUTE_ONLY_CODE 0x48
#define ABSENT_DATA 0x50
#define ABSENT_TASK 0x58
#define BEYOND_TABLE 0x1f8

begin_experiments_32 exceptions_protected
    // Divisions.
    xor %ecx, %ecx
    raises "DIV by 0", "00 0008+00 00002", div %ecx
    raises "DIV by 0, with a prefix", "00 0008+00 00002", div %cx
    mov $0x80000000, %eax
    mov $-1, %edx
    mov $-1, %ecx
    raises "IDIV, overflow", "00 0008+00 00002", idiv %ecx
    mov $0x1234, %eax
    mov $0x12, %cl
    raises "DIV, overflow", "00 0008+00 00002", div %cl
    raises "AAM by 0", "00 0008+00 00002", aam $0

    // Traps.
    raises "INT3", "03 0008+01 00002", int3
    raises "INT 3", "03 0008+02 00002", .byte 0xcd, 3
    xor %eax, %eax
    raises "INTO, no overflow", "none", into
    mov $0x7fffffff, %eax
    begin "INTO", "04 0008+02 00002"
    inc %eax
    into
    end
    raises "INT 0x30", "30 0008+02 00002", int $0x30

    // Invalid opcodes.
    raises "UD2", "06 0008+00 00002", .byte 0x66, 0x0f, 0x0b
    raises "LOCK with a register", "06 0008+00 00002", .byte 0xf0, 0x01, 0xc0
    raises "LOCK CMP", "06 0008+00 00002", .byte 0xf0, 0x39, 0x00
    raises "MOV to CS", "06 0008+00 00002", .byte 0x8e, 0xc8
    raises "MOV to segment 6", "06 0008+00 00002", .byte 0x8e, 0xf0
    raises "MOV from CR1", "06 0008+00 00002", .byte 0x0f, 0x20, 0xc8

    // Segments.
    mov $READ_ONLY_DATA, %eax
    raises "read-only data in SS", "0d.0040 0008+00 00002", mov %eax, %ss
    mov $READ_ONLY_DATA, %eax
    raises "read-only data in DS", "none", mov %eax, %ds
    mov $EXECUTE_ONLY_CODE, %eax
    raises "execute-only code in DS", "0d.0048 0008+00 00002", mov %eax, %ds
    mov $ABSENT_DATA, %eax
    raises "absent data in DS", "0b.0050 0008+00 00002", mov %eax, %ds
    mov $ABSENT_DATA, %eax
    raises "absent data in SS", "0c.0050 0008+00 00002", mov %eax, %ss
    mov $(ABSENT_DATA | 3), %eax
    raises "absent data for ring 3 in FS", "0d.0050 0008+00 00002", mov %eax, %fs
    mov $BEYOND_TABLE, %eax
    raises "beyond the table in ES", "0d.01f8 0008+00 00002", mov %eax, %es
    mov $BEYOND_TABLE, %eax
    raises "beyond the table in SS", "0d.01f8 0008+00 00002", mov %eax, %ss
    xor %eax, %eax
    raises "null in SS", "0d.0000 0008+00 00002", mov %eax, %ss
    xor %eax, %eax
    raises "null in DS", "none", mov %eax, %ds
    mov $USER_DATA, %eax
    raises "ring 3's data in SS", "0d.0020 0008+00 00002", mov %eax, %ss
    mov $USER_DATA, %eax
    raises "ring 3's data in DS", "none", mov %eax, %ds
    mov $TASK_STATE, %eax
    raises "a task in DS", "0d.0028 0008+00 00002", mov %eax, %ds
    mov $TASK_STATE, %eax
    raises "busy task in TR", "0d.0028 0008+00 00002", ltr %ax
    mov $ABSENT_TASK, %eax
    raises "absent task in TR", "0b.0058 0008+00 00002", ltr %ax
    mov $DATA_SEGMENT, %eax
    raises "data in TR", "0d.0010 0008+00 00002", ltr %ax
    mov $DATA_SEGMENT, %eax
    raises "data in LDTR", "0d.0010 0008+00 00002", lldt %ax
    xor %eax, %eax
    raises "null in LDTR", "none", lldt %ax
    raises "far jump to null", "0d.0000 0008+00 00002", ljmp $0, $0
    raises "far jump to data", "0d.0010 0008+00 00002", ljmp $DATA_SEGMENT, $0
    raises "far jump beyond the table", "0d.01f8 0008+00 00002", ljmp $BEYOND_TABLE, $0
    raises "far call to ring 3's code", "0d.0018 0008+00 00002", lcall $USER_CODE, $0

    // Instructions that cannot be.
    raises "too long an instruction", "0d.0000 0008+00 00002", .fill 15, 1, 0x2e; nop
    raises "INT beyond the table", "0d.020a 0008+00 00002", int $0x41

    // Single steps.
    begin "single step", "01 0008+0a 00102 dr6 4ff0"
    pushf
    orl $FLAG_TRAP, (%esp)
    popf
    nop
    nop
    end
    begin "single step over a faulting instruction", "06 0008+09 00102"
    pushf
    orl $FLAG_TRAP, (%esp)
    popf
    ud2
    end

    // What some hosts' emulators lack comes last.
    raises "LEA of a register", "06 0008+00 00002", .byte 0x8d, 0xc0
    raises "no such opcode", "06 0008+00 00002", .byte 0x0f, 0x0a
    raises "LES of a register", "06 0008+00 00002", .byte 0xc4, 0xc0
    raises "UD1", "06 0008+00 00002", .byte 0x0f, 0xb9, 0xc0
    mov $4, %eax
    raises "BOUND, below", "05 0008+00 00002", bound %eax, AT(bounds)
    mov $10, %eax
    raises "BOUND, within", "none", bound %eax, AT(bounds)
    mov $11, %eax
    raises "BOUND, above", "05 0008+00 00002", bound %eax, AT(bounds)
    mov $-1, %eax
    raises "BOUND, negative", "05 0008+00 00002", bound %eax, AT(bounds)

end_experiments_32
    .quad 0x00cf91000000ffff
    .quad 0x00cf99000000ffff
    .quad 0x00cf13000000ffff
    .quad 0x0000090000000067

bounds:
    .long 5, 10

end_descriptors_32 exceptions_protected
