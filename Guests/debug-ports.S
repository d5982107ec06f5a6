// debug-ports: prints on the two debug ports. A read of each shows that it exists.
#include "support/image.h"

#define BOCHS_PORT 0xe9
#define FIRMWARE_PORT 0x402
#define PRESENT 0xe9

begin_guest debug_ports
    start_real_mode
    mov $BOCHS_PORT, %dx
    mov $AT(bochs_text), %si
    call print_debug
    mov $FIRMWARE_PORT, %dx
    mov $AT(firmware_text), %si
    call print_debug
    exit_with 0

// Prints the text at SI on the debug port DX.
print_debug:
    in (%dx), %al
    cmp $PRESENT, %al
    must_be_equal
next_character:
    lodsb
    test %al, %al
    jz printed
    out %al, (%dx)
    jmp next_character
printed:
    ret

bochs_text:
    .asciz "port 0xE9\n"
firmware_text:
    .asciz "port 0x402\n"

end_guest debug_ports
