// address-line-20: masks address line 20 in each of the ways that a PC has, and checks whether the second megabyte is
// the first: for loads, stores and code. In protected mode, it checks whether the fourth megabyte is the third.
#include "support/console.h"
#include "support/image.h"
#include "support/protected-mode.h"

#define SYSTEM_CONTROL_A 0x92
#define LINE_20 0x02

#define KEYBOARD_DATA 0x60
#define KEYBOARD_COMMAND 0x64
#define WRITE_OUTPUT_PORT 0xd1
#define DISABLE_LINE_20 0xdd
#define ENABLE_LINE_20 0xdf
// The processor is not reset, with the line masked or not.
#define OUTPUT_MASKED 0xdd
#define OUTPUT_OPEN 0xdf

// The segment from which the second megabyte can be reached, and an offset there.
#define HIGH_SEGMENT 0xffff
#define HIGH(label) AT(label) + 0x10

#define BELOW 0x22
#define ABOVE 0x33
#define THIRD_MEGABYTE 0x200000
#define FOURTH_MEGABYTE 0x300000

.macro keyboard_command value
    mov $\value, %al
    out %al, $KEYBOARD_COMMAND
.endm

// Ends the run with code 1 unless the second megabyte is, or is not, the first.
.macro must_wrap
    call store
    cmpb $ABOVE, AT(byte)
    must_be_equal
.endm
.macro must_not_wrap
    call store
    cmpb $BELOW, AT(byte)
    must_be_equal
.endm

begin_guest address_line_20
    start_real_mode
    mov $HIGH_SEGMENT, %ax
    mov %ax, %es
    must_not_wrap

    // Port 0x92. While the line is masked, the content of the second megabyte cannot be reached; then it comes back.
    in $SYSTEM_CONTROL_A, %al
    and $~(LINE_20 + 1), %al
    out %al, $SYSTEM_CONTROL_A
    must_wrap
    lcall $HIGH_SEGMENT, $HIGH(far_routine)
    movb $BELOW, AT(byte)
    cmpb $BELOW, %es:HIGH(byte)
    must_be_equal
    in $SYSTEM_CONTROL_A, %al
    or $LINE_20, %al
    out %al, $SYSTEM_CONTROL_A
    cmpb $ABOVE, %es:HIGH(byte)
    must_be_equal
    must_not_wrap

    // The keyboard controller's output port.
    keyboard_command WRITE_OUTPUT_PORT
    mov $OUTPUT_MASKED, %al
    out %al, $KEYBOARD_DATA
    must_wrap
    keyboard_command WRITE_OUTPUT_PORT
    mov $OUTPUT_OPEN, %al
    out %al, $KEYBOARD_DATA
    must_not_wrap

    // The controller's own commands for the line. All of memory behaves like the first two megabytes.
    keyboard_command DISABLE_LINE_20
    must_wrap
    enter_protected_mode wide

far_routine:
    lret

// Stores a byte, and another one a megabyte above.
store:
    movb $BELOW, AT(byte)
    movb $ABOVE, %es:HIGH(byte)
    ret

wide:
    start_protected_mode
    movl $BELOW, THIRD_MEGABYTE
    movl $ABOVE, FOURTH_MEGABYTE
    cmpl $ABOVE, THIRD_MEGABYTE
    must_be_equal
    keyboard_command ENABLE_LINE_20
    cmpl $ABOVE, THIRD_MEGABYTE
    must_be_equal
    cmpl $0, FOURTH_MEGABYTE
    must_be_equal
    mov $AT(text), %esi
    call print
    exit_with 0

console_routines

byte:
    .byte 0
text:
    .asciz "address line 20: masked and let through\n"

flat_descriptors
descriptors_end

end_guest address_line_20
