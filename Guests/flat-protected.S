// flat-protected: a flat image for --mode protected: 32-bit code from 1 MiB on, a stack below, flat segments, no paging.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

begin_guest flat_protected
    .code32
    // EIP and the stack are where the loader says.
    cmp $LOAD_ADDRESS, %esp
    must_be_equal
    call here
here:
    pop %eax
    cmp $AT(here), %eax
    must_be_equal
    smsw %ax
    and $1, %al
    cmp $1, %al
    must_be_equal
    // Segments reach to the end of 4 GiB.
    mov 0xfffffffc, %eax

    mov $AT(text), %esi
    call print
    exit_with 0

console_routines

text:
    .asciz "flat code in protected mode\n"

end_guest flat_protected
