// post-code: writes progress codes to port 0x80, which returns the last one when read.
#include "support/console.h"
#include "support/image.h"

begin_guest post_code
    start_real_mode
    mov $0x10, %bl
next_code:
    mov %bl, %al
    out %al, $POST_PORT
    xor %al, %al
    in $POST_PORT, %al
    cmp %bl, %al
    must_be_equal
    add $0x10, %bl
    jnz next_code

    mov $AT(text), %si
    call print
    exit_with 0

console_routines

text:
    .asciz "POST codes 10 to f0\n"

end_guest post_code
