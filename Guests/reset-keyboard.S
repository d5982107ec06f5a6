// reset-keyboard: resets the machine through the keyboard controller, whose command 0xFE pulses the reset line.
#include "support/console.h"
#include "support/image.h"

#define KEYBOARD_COMMAND 0x64
#define PULSE_RESET 0xfe

begin_guest reset_keyboard
    start_real_mode
    mov $AT(text), %si
    call print
    mov $PULSE_RESET, %al
    out %al, $KEYBOARD_COMMAND
    exit_with 1

console_routines

text:
    .asciz "reset by the keyboard controller\n"

end_guest reset_keyboard
