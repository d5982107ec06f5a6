// hello: prints one line over COM1 and exits with code 0.
#include "support/console.h"
#include "support/image.h"

begin_guest hello
    start_real_mode

    mov $AT(greeting), %si
    call print
    exit_with 0

console_routines

greeting:
    .asciz "hello from real mode\n"

end_guest hello
