// vga-text: writes to the text screen at 0xB8000, scrolls it by a line through the CRT controller, and moves the cursor.
#include "support/console.h"
#include "support/image.h"

#define TEXT_MEMORY 0xb8000
#define COLUMNS 80
#define GREY_ON_BLACK 0x07

#define CONTROLLER_INDEX 0x3d4
#define CONTROLLER_DATA 0x3d5
#define START_HIGH 0x0c
#define START_LOW 0x0d
#define CURSOR_HIGH 0x0e
#define CURSOR_LOW 0x0f

// Line 3, column 27.
#define CURSOR (3*COLUMNS+27)

// Text from ESI on, at a line and a column of text memory.
.macro put label, line, column
    mov $AT(\label), %si
    mov $((\line * COLUMNS + \column) * 2), %di
    call put_text
.endm

// The index in the low byte, data in the high byte: one 16-bit access writes both. Then reads the register back.
.macro controller register, value
    mov $CONTROLLER_INDEX, %dx
    mov $(\register + ((\value) << 8)), %ax
    out %ax, (%dx)
    mov $CONTROLLER_DATA, %dx
    in (%dx), %al
    cmp $(\value), %al
    must_be_equal
.endm

begin_guest vga_text
    start_real_mode
    mov $(TEXT_MEMORY >> 4), %ax
    mov %ax, %es
    put above, 0, 0
    put first, 1, 0
    put second, 3, 10

    // The screen begins with line 1; the cursor is after the last character.
    controller START_HIGH, 0
    controller START_LOW, COLUMNS
    controller CURSOR_HIGH, CURSOR >> 8
    controller CURSOR_LOW, CURSOR & 0xff
    exit_with 0

put_text:
    lodsb
    test %al, %al
    jz put_done
    mov $GREY_ON_BLACK, %ah
    stosw
    jmp put_text
put_done:
    ret

above:
    .asciz "scrolled away"
first:
    .asciz "VGA text, line 1"
second:
    .asciz "line 3, column 10"

end_guest vga_text
