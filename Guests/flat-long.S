// flat-long: a flat image for --mode long: 64-bit code from 1 MiB on, a stack below, the first 4 GiB mapped to themselves.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

begin_guest flat_long
    .code64
    cmp $LOAD_ADDRESS, %rsp
    must_be_equal
    lea (%rip), %rax
here:
    cmp $AT(here), %rax
    must_be_equal
    // 64-bit registers, and a stack of 64-bit words.
    movabs $0x123456789abcdef0, %rbx
    push %rbx
    cmp $(LOAD_ADDRESS - 8), %rsp
    must_be_equal
    pop %rcx
    cmp %rbx, %rcx
    must_be_equal
    // The map reaches to the end of 4 GiB.
    mov $0xfffffffc, %eax
    mov (%rax), %eax

    mov $AT(text), %esi
    call print
    exit_with 0

console_routines

text:
    .asciz "flat code in long mode\n"

end_guest flat_long
