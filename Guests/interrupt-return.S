// interrupt-return: takes interrupts in 32-bit protected mode, by INT n and by the timer, and returns from each with
// IRET. Some hosts' emulators lack that instruction, and the recorder completes it. Checks registers, flags and the
// stack.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"
#include "support/gates.h"
#include "support/timer.h"

#define HEADER_MAGIC 0x1badb002
#define FLAGS_INTERRUPTS 0x200
#define TICKS 20

begin_guest interrupt_return
    elf32_header start
    elf_headers_end
    .balign 4
    .long HEADER_MAGIC, 0, -HEADER_MAGIC

    .code32
start:
    lgdt AT(descriptor_table_pointer)
    ljmp $CODE_SEGMENT, $AT(reloaded)
reloaded:
    mov $0x10, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $STACK_TOP, %esp
    set_gate 0x80, call_gate
    set_gate TIMER_VECTOR, tick
    load_gates

    // INT n returns to the instruction after it, with the same flags and stack.
    mov $0x12345678, %ebx
    stc
    int $0x80
    jnc wrong
    cmp $0x12345679, %ebx
    must_be_equal
    cmp $STACK_TOP, %esp
    must_be_equal

    // A handler may change the flags that IRET loads: this one enables interrupts, and the timer comes.
    xor %edi, %edi
    start_ticks 1000
    mov $1, %ebx
    int $0x80
    pushf
    testl $FLAGS_INTERRUPTS, (%esp)
    jz wrong
    add $4, %esp
next_tick:
    hlt
    cmp $TICKS, %edi
    jb next_tick
    cli

    mov $AT(text), %esi
    call print
    exit_with 0

wrong:
    exit_with 3

// Adds 1 to EBX; enables the caller's interrupts if EBX was 1.
call_gate:
    cmp $1, %ebx
    jne add_one
    orl $FLAGS_INTERRUPTS, 8(%esp)
add_one:
    inc %ebx
    iret

tick:
    push %eax
    inc %edi
    end_of_interrupt
    pop %eax
    iret

console_routines

text:
    .asciz "20 ticks in protected mode\n"

flat_descriptors
descriptors_end
gates_pointer

end_program
end_guest interrupt_return
