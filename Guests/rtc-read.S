// rtc-read: prints the date and time of the battery-backed clock as its registers hold them. Exits with code 0.
#include "support/cmos.h"
#include "support/console.h"
#include "support/image.h"

#define UPDATE_IN_PROGRESS 0x80

begin_guest rtc_read
    start_real_mode

    // The registers are stable while no update is in progress.
wait:
    cmos_read CMOS_STATUS_A
    test $UPDATE_IN_PROGRESS, %al
    jnz wait

    // Each entry of the list: a register, then the character to print after it.
    mov $AT(registers), %si
next_register:
    lodsb
    out %al, $CMOS_INDEX
    in $CMOS_DATA, %al
    call print_hex_byte
    lodsb
    call print_character
    cmp $AT(registers_end), %si
    jne next_register

    exit_with 0

console_routines

registers:
    .byte 0x32, ' ', 0x09, '-', 0x08, '-', 0x07, ' '
    .byte 0x04, ':', 0x02, ':', 0x00, '\n'
registers_end:

end_guest rtc_read
