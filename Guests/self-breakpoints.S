// self-breakpoints: sets breakpoints for itself: on an instruction (DR0), on a variable (DR1) and, with CR4.DE, on a
// port (DR2), in a loop that the timer interrupts. The handler of the debug exception counts each by its bit in DR6.
// Prints the three counts; exits with code 0 if the instruction was hit in each iteration. Not every host reports the
// others.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"
#include "support/gates.h"
#include "support/timer.h"

#define HEADER_MAGIC 0x1badb002
#define DEBUG_VECTOR 1
#define CR4_DEBUGGING_EXTENSIONS 0x08
#define RESUME_FLAG 0x10000
// G0 executes, G1 writes 4 bytes, G2 a port of 1 byte.
#define DR7_ALL 0x02d0042a
#define DR7_NONE 0x400
#define TURNS 20

begin_guest self_breakpoints
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
    set_gate DEBUG_VECTOR, on_debug
    set_gate TIMER_VECTOR, tick
    load_gates

    mov %cr4, %eax
    or $CR4_DEBUGGING_EXTENSIONS, %eax
    mov %eax, %cr4
    mov $AT(hot), %eax
    mov %eax, %dr0
    mov $AT(variable), %eax
    mov %eax, %dr1
    mov $POST_PORT, %eax
    mov %eax, %dr2
    xor %eax, %eax
    mov %eax, %dr6
    mov $DR7_ALL, %eax
    mov %eax, %dr7

    start_ticks 1000
    sti
    mov $TURNS, %ecx
turn:
    // Makes no exit until the timer has come twice, however fast the host is.
    mov AT(ticks), %edx
    add $2, %edx
delay:
    cmp %edx, AT(ticks)
    jb delay
hot:
    nop
    mov %ecx, AT(variable)
    mov %cl, %al
    out %al, $POST_PORT
    dec %ecx
    jnz turn
    cli
    mov $DR7_NONE, %eax
    mov %eax, %dr7

    mov $3, %ebp
    mov $AT(hits), %esi
next_count:
    lodsl
    call print_hex
    mov $' ', %al
    call print_character
    dec %ebp
    jnz next_count
    call print_newline
    cmpl $TURNS, AT(hits)
    must_be_equal
    exit_with 0

on_debug:
    push %eax
    push %ecx
    mov %dr6, %eax
    xor %ecx, %ecx
next_bit:
    bt %ecx, %eax
    jnc no_hit
    incl AT(hits)(, %ecx, 4)
no_hit:
    inc %ecx
    cmp $3, %ecx
    jb next_bit
    xor %eax, %eax
    mov %eax, %dr6
    // The exception of an instruction comes before it: this lets the instruction pass.
    orl $RESUME_FLAG, 16(%esp)
    pop %ecx
    pop %eax
    iret

tick:
    push %eax
    incl AT(ticks)
    end_of_interrupt
    pop %eax
    iret

console_routines

    .balign 4
variable:
    .long 0
ticks:
    .long 0
hits:
    .long 0, 0, 0

flat_descriptors
descriptors_end
gates_pointer

end_program
end_guest self_breakpoints
