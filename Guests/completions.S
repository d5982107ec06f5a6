// completions: executes, in 64-bit mode at ring 0, instructions that some hosts' emulators lack and that the recorder
// completes there: INT3 and INT n through its own gates, FWAIT with nothing pending, and a prefetch. Checks the effects
// of each: where the handler was told to return, and every flag.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define GATES 0x20000
#define GATE_PRESENT_INTERRUPT 0x8e00
#define CODE_SEGMENT 0x10

begin_guest completions
    elf64_header start
    elf_headers_end

    .code64
// Points the gate of a vector at a handler below 4 GiB.
.macro set_gate vector, handler
    mov $AT(\handler), %eax
    mov %ax, GATES + \vector * 16
    movw $CODE_SEGMENT, GATES + \vector * 16 + 2
    movw $GATE_PRESENT_INTERRUPT, GATES + \vector * 16 + 4
    shr $16, %eax
    mov %ax, GATES + \vector * 16 + 6
    movq $0, GATES + \vector * 16 + 8
.endm

start:
    mov $STACK_TOP, %esp
    set_gate 3, breakpoint
    set_gate 0x80, call_gate
    lidt AT(gates_pointer)
    xor %r12d, %r12d

    // INT3: the handler finds the address after it.
    mov $AT(after_int3), %r13d
    stc
    int3
after_int3:
    jnc flags_lost
    cmp $1, %r12d
    must_be_equal
    mov $AT(int3_text), %esi
    call print

    // INT n: the same.
    mov $AT(after_int80), %r13d
    stc
    int $0x80
after_int80:
    jnc flags_lost
    cmp $0x81, %r12d
    must_be_equal
    mov $AT(int80_text), %esi
    call print

    // FWAIT with no exception pending does nothing.
    fninit
    stc
    fwait
    jnc flags_lost
    mov $AT(fwait_text), %esi
    call print

    // A prefetch, of memory and of an address that nothing maps.
    stc
    prefetchnta LOAD_ADDRESS
    movabs $0x7fff00000000, %r14
    prefetcht0 (%r14)
    jnc flags_lost
    mov $AT(prefetch_text), %esi
    call print
    exit_with 0

flags_lost:
    exit_with 3

// The handlers: R13 is the address to which they must return.
breakpoint:
    add $1, %r12d
    jmp check_return
call_gate:
    add $0x80, %r12d
check_return:
    cmp %r13, (%rsp)
    jne returned_wrong
    iretq
returned_wrong:
    exit_with 4

console_routines

int3_text:
    .asciz "int3 "
int80_text:
    .asciz "int80 "
fwait_text:
    .asciz "fwait "
prefetch_text:
    .asciz "prefetch\n"

    .balign 8
gates_pointer:
    .word 0x81 * 16 - 1
    .quad GATES

end_program
end_guest completions
