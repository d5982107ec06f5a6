// reset-port-92: resets the machine by port 0x92, the fast reset.
#include "support/console.h"
#include "support/image.h"

#define SYSTEM_CONTROL_A 0x92
#define ADDRESS_LINE_20 0x02
#define FAST_RESET 0x01

begin_guest reset_port_92
    start_real_mode
    mov $AT(text), %si
    call print
    mov $(ADDRESS_LINE_20 + FAST_RESET), %al
    out %al, $SYSTEM_CONTROL_A
    exit_with 1

console_routines

text:
    .asciz "reset by port 0x92\n"

end_guest reset_port_92
