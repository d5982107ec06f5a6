// exceptions-real: raises every exception of real mode.
#include "support/experiments-16.h"

#define DIVIDE_ERROR_UNMASKED 0x037b

begin_experiments_16 exceptions_real
    // Divisions.
    xor %ebp, %ebp
    raises "DIV by 0", "00 0000+00 00002", div %bp
    raises "DIV by 0, 32 bits", "00 0000+00 00002", div %ebp
    mov $0x8000, %ax
    mov $-1, %dx
    mov $-1, %bp
    raises "IDIV, overflow", "00 0000+00 00002", idiv %bp
    raises "AAM by 0", "00 0000+00 00002", aam $0

    // Traps.
    raises "INT3", "03 0000+01 00002", int3
    raises "INT 0x30", "30 0000+02 00002", int $0x30
    xor %ax, %ax
    raises "INTO, no overflow", "none", into
    begin "INTO", "04 0000+05 00002"
    mov $0x7f, %al
    inc %al
    into
    end
    begin "INT, interrupts and direction flag", "31 0000+04 00602"
    sti
    std
    int $0x31
    end

    // Invalid opcodes.
    raises "UD2", "06 0000+00 00002", ud2
    raises "LOCK with a register", "06 0000+00 00002", .byte 0xf0, 0x01, 0xc0
    raises "MOV to CS", "06 0000+00 00002", .byte 0x8e, 0xc8
    raises "MOV to segment 6", "06 0000+00 00002", .byte 0x8e, 0xf0
    raises "MOV from CR1", "06 0000+00 00002", .byte 0x0f, 0x20, 0xc8
    raises "SLDT", "06 0000+00 00002", sldt %ax
    raises "STR", "06 0000+00 00002", str %ax
    raises "LTR", "06 0000+00 00002", ltr %ax
    raises "LLDT", "06 0000+00 00002", lldt %ax

    // General protection.
    raises "too long an instruction", "0d 0000+00 00002", .fill 15, 1, 0x2e; nop
    mov %cr0, %ebp
    or $CR0_PAGING, %ebp
    raises "paging without protection", "0d 0000+00 00002", mov %ebp, %cr0
    begin "RDMSR of nothing", "0d 0000+06 00002"
    mov $0x12345678, %ecx
    rdmsr
    end

    // Single steps.
    begin "single step", "01 0000+0a 00102 dr6 4ff0"
    pushfw
    mov %sp, %bp
    orw $FLAG_TRAP, (%bp)
    popfw
    nop
    nop
    end
    begin "single step, begun by IRET", "01 0000+0a 00102 dr6 4ff0"
    pushw $(FLAG_TRAP + 2)
    pushw $0
    pushw $AT(1f)
    iretw
1:
    nop
    nop
    end
    begin "single step of an IRET", "01 0000+0c 00002 dr6 4ff0"
    pushw $2
    pushw $0
    pushw $AT(1f)
    pushw $(FLAG_TRAP + 2)
    popfw
    iretw
1:
    nop
    end

    // Handlers elsewhere.
    begin "far call and return", "none = 00000100"
    lcall $0x100, $(AT(far_routine) - 0x1000)
    note %eax
    end
    begin "IRET of 32 bits", "none = 00003002"
    pushl $0x3002
    pushl $0
    pushl $AT(1f)
    iretl
1:
    pushfl
    popl %eax
    cli
    note %eax
    end
    begin "PUSHF and POPF of 32 bits", "none = 00247cd7"
    pushl $0x00247cd7
    popfl
    pushfl
    popl %eax
    note %eax
    end
    pushl $2
    popfl

    // What some hosts' emulators lack comes last.
    begin "FWAIT with TS and MP", "07 0000+0a 00002"
    set_bits %cr0, CR0_TASK_SWITCHED + CR0_MONITOR
    fwait
    end
    clts
    mov $4, %ax
    raises "LAR", "06 0000+00 00002", lar %ax, %ax
    raises "VERR", "06 0000+00 00002", verr %ax
    raises "ARPL", "06 0000+00 00002", .byte 0x63, 0xc0
    mov $4, %bp
    raises "BOUND, below", "05 0000+00 00002", bound %bp, AT(bounds)
    mov $10, %bp
    raises "BOUND, within", "none", bound %bp, AT(bounds)
    mov $11, %bp
    raises "BOUND, above", "05 0000+00 00002", bound %bp, AT(bounds)
    begin "INT beyond the table", "0d 0000+05 00002"
    lidt AT(short_table)
    int $0x30
    end
    lidt AT(whole_table)
    set_bits %cr0, CR0_EMULATION
    raises "x87 with EM", "07 0000+00 00002", fnop
    clear_bits %cr0, CR0_EMULATION
    set_bits %cr0, CR0_NUMERIC_ERROR
    fninit
    fldcw AT(control_word)
    begin "x87 division by 0, at FWAIT", "10 0000+06 00002"
    fld1
    fldz
    fdivrp
    fwait
    end
    fninit

end_experiments_16

far_routine:
    xor %eax, %eax
    mov %cs, %ax
    lret

    .balign 4
bounds:
    .word 5, 10
control_word:
    .word DIVIDE_ERROR_UNMASKED
short_table:
    .word 0x30 * 4 + 2
    .long 0
whole_table:
    .word 0x3ff
    .long 0

end_data_16 exceptions_real
