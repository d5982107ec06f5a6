// Small experiments, a line of text for each: what an instruction raised, with all that the processor says about it. The
// expected line stands beside each experiment. Included first by a guest of them, in any mode.
//
//     NAME: VECTOR[.ERROR] CS+OFFSET FLAGS[ SS:SP][ cr2 ADDRESS][ dr6 BITS][ = VALUE...]
//
// OFFSET is the distance of the saved instruction pointer from the experiment's first instruction. FLAGS are those saved,
// without the arithmetic ones and RF, which processors leave different. SS:SP are there if the handler was entered with a stack
// of its own, because the privilege changed. CR2 belongs to page faults alone, DR6 to debug exceptions. An experiment that
// raises nothing prints "none". VALUEs are what it noted itself.
#pragma once

#define PRINTS_ON_DEBUG_PORT
#include "console.h"

// What is noted, in slots of 8 bytes: below 64 KiB, so that every mode reaches it.
#define NOTES 0x5000
#define NOTED_VECTOR (NOTES + 0x00)
#define NOTED_ERROR (NOTES + 0x08)
#define NOTED_IP (NOTES + 0x10)
#define NOTED_CS (NOTES + 0x18)
#define NOTED_FLAGS (NOTES + 0x20)
#define NOTED_SP (NOTES + 0x28)
#define NOTED_SS (NOTES + 0x30)
#define NOTED_STACK (NOTES + 0x38)
#define NOTED_CR2 (NOTES + 0x40)
#define NOTED_DR6 (NOTES + 0x48)
// What an experiment is called, where it begins and ends, and where and on which stack it continues.
#define NAME (NOTES + 0x50)
#define BEGIN (NOTES + 0x58)
#define END (NOTES + 0x60)
#define RESUME (NOTES + 0x68)
#define RESUME_SP (NOTES + 0x70)
#define VALUE_COUNT (NOTES + 0x78)
#define VALUES (NOTES + 0x80)

// No vector, or no error code.
#define NOTHING -1
#define INVALID_OPCODE 6
#define DEBUG 1
#define PAGE_FAULT 14

// TF, IF, DF, IOPL, NT, VM, and the bit that is always set.
#define SHOWN_FLAGS 0x27702
#define FLAG_TRAP 0x100
#define FLAG_INTERRUPT 0x200
#define FLAG_IOPL_3 0x3000
#define FLAG_NESTED 0x4000
#define FLAG_RESUME 0x10000
#define FLAG_VIRTUAL 0x20000
#define FLAG_ALIGNMENT 0x40000

#define CR0_MONITOR 0x02
#define CR0_EMULATION 0x04
#define CR0_TASK_SWITCHED 0x08
#define CR0_NUMERIC_ERROR 0x20
#define CR0_WRITE_PROTECT 0x10000
#define CR0_ALIGNMENT_MASK 0x40000
#define CR0_PAGING 0x80000000
#define CR4_DEBUGGING_EXTENSIONS 0x08
#define CR4_LARGE_PAGES 0x10
#define CR4_WIDE_PAGES 0x20
#define CR4_GLOBAL_PAGES 0x80
#define CR4_SSE 0x200
#define CR4_SSE_EXCEPTIONS 0x400
#define CR4_PROCESS_CONTEXT 0x20000

#define DR6_CLEAR 0xffff0ff0

// Opens the image of a guest of experiments, and its expected text.
.macro begin_experiments symbol
    .section .rodata.console, "a"
    .globl guest_\symbol\()_console
guest_\symbol\()_console:
    begin_guest \symbol
.endm

.macro end_experiments symbol
    .section .rodata.console, "a"
    .byte 0
    .section .rodata
    end_guest \symbol
.endm

// Opens an experiment, up to `end`: an exception within continues behind `end`. Every mode's handler notes it.
.macro begin name, expected
    .pushsection .rodata.console, "a"
    .ascii "\name: \expected\n"
    .popsection
    movl $AT(.Lname\@), NAME
    movl $AT(.Lbegin\@), BEGIN
    movl $AT(98f), END
    movl $AT(99f), RESUME
    movl $0, VALUE_COUNT
    movl $0, NOTED_STACK
    jmp .Lbegin\@
.Lname\@:
    .asciz "\name: "
.Lbegin\@:
.endm

// The exception of the UD2 says that nothing else was raised, at any privilege.
.macro end
98:
    ud2
99:
    call report
.endm

// Ends an experiment whose line shows a register as it was left. The accumulator is the handler's.
.macro end_with register
98:
    ud2
99:
    note \register
    call report
.endm

// An experiment of one instruction.
.macro raises name, expected, instruction:vararg
    begin "\name", "\expected"
    \instruction
    end
.endm

// Prints a register's 32 bits at the end of the experiment's line. `index` counts from 0.
.macro note register, index = 0
    mov \register, VALUES + \index * 8
    movl $(\index + 1), VALUE_COUNT
.endm

// Changes bits of CR0 or CR4.
.macro set_bits register, bits
    mov \register, %eax
    or $\bits, %eax
    mov %eax, \register
.endm
.macro clear_bits register, bits
    mov \register, %eax
    and $~(\bits), %eax
    mov %eax, \register
.endm

.macro load_segment segment, selector
    mov $\selector, %eax
    mov %eax, \segment
.endm

.macro report_routines

// Prints the line of the experiment that has just ended. Changes every general register but SP and BP.
report:
    mov NAME, %esi
    call print
    mov NOTED_VECTOR, %eax
    cmp $INVALID_OPCODE, %eax
    jne .Lraised
    mov NOTED_IP, %ecx
    cmp END, %ecx
    jne .Lraised
    mov $AT(.Lnone), %esi
    call print
    jmp .Lvalues
.Lraised:
    call print_hex_byte
    cmpl $NOTHING, NOTED_ERROR
    je .Lplace
    mov $'.', %al
    call print_character
    mov NOTED_ERROR, %eax
    call print_hex_word
.Lplace:
    call print_space
    mov NOTED_CS, %eax
    call print_hex_word
    // Within the experiment, or somewhere else.
    mov NOTED_IP, %ebx
    sub BEGIN, %ebx
    cmp $0x100, %ebx
    jae .Lelsewhere
    mov $'+', %al
    call print_character
    mov %ebx, %eax
    call print_hex_byte
    jmp .Lflags
.Lelsewhere:
    mov $'@', %al
    call print_character
    mov NOTED_IP, %eax
    call print_hex
.Lflags:
    call print_space
    mov NOTED_FLAGS, %ebx
    rol $12, %ebx
    mov $5, %cl
    call .Lnext_digit
    cmpl $0, NOTED_STACK
    je .Lno_stack
    call print_space
    mov NOTED_SS, %eax
    call print_hex_word
    mov $':', %al
    call print_character
    mov NOTED_SP, %eax
    call print_hex_word
.Lno_stack:
    cmpl $PAGE_FAULT, NOTED_VECTOR
    jne .Lno_address
    mov $AT(.Lcr2), %esi
    call print
    mov NOTED_CR2 + 4, %eax
    test %eax, %eax
    jz .Llow_address
    call print_hex
.Llow_address:
    mov NOTED_CR2, %eax
    call print_hex
.Lno_address:
    cmpl $DEBUG, NOTED_VECTOR
    jne .Lvalues
    mov $AT(.Ldr6), %esi
    call print
    mov NOTED_DR6, %eax
    call print_hex_word
.Lvalues:
    cmpl $0, VALUE_COUNT
    je .Lreported
    mov $AT(.Lequals), %esi
    call print
    mov $VALUES, %edi
.Lnext_value:
    call print_space
    mov (%edi), %eax
    call print_hex
    add $8, %edi
    decl VALUE_COUNT
    jnz .Lnext_value
.Lreported:
    jmp print_newline

print_space:
    mov $' ', %al
    jmp print_character

// Prints AX as four hexadecimal digits. Changes EAX, EBX, CX and DX.
print_hex_word:
    mov %eax, %ebx
    ror $16, %ebx
    mov $4, %cl
    jmp .Lnext_digit

.Lnone:
    .asciz "none"
.Lcr2:
    .asciz " cr2 "
.Ldr6:
    .asciz " dr6 "
.Lequals:
    .asciz " ="

console_routines

.endm
