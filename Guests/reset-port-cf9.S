// reset-port-cf9: resets the machine by port 0xCF9, the reset control register: the kind of reset first, then the reset.
#include "support/console.h"
#include "support/image.h"

#define RESET_CONTROL 0xcf9
#define HARD_RESET 0x02
#define RESET 0x04

begin_guest reset_port_cf9
    start_real_mode
    mov $AT(text), %si
    call print
    mov $RESET_CONTROL, %dx
    mov $HARD_RESET, %al
    out %al, (%dx)
    mov $(HARD_RESET + RESET), %al
    out %al, (%dx)
    exit_with 1

console_routines

text:
    .asciz "reset by port 0xCF9\n"

end_guest reset_port_cf9
