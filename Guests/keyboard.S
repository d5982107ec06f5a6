// keyboard: the 8042 keyboard controller. Its self-tests, its configuration byte, both loop-back commands (the keyboard's
// with an interrupt on line 1), and the keyboard's echo and identification.
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define KEYBOARD_DATA 0x60
#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_VECTOR (TIMER_VECTOR + 1)

#define OUTPUT_FULL 0x01
#define LAST_WAS_COMMAND 0x08
#define OUTPUT_IS_AUXILIARY 0x20

#define READ_CONFIGURATION 0x20
#define WRITE_CONFIGURATION 0x60
#define TEST_AUXILIARY 0xa9
#define SELF_TEST 0xaa
#define TEST_KEYBOARD 0xab
#define LOOP_KEYBOARD 0xd2
#define LOOP_AUXILIARY 0xd3

// Only the system flag: no interrupts, no translation; and the same with the keyboard's interrupt.
#define QUIET 0x04
#define INTERRUPTING 0x05

#define ECHO 0xee
#define IDENTIFY 0xf2
#define ACKNOWLEDGE 0xfa

// Writes a command of the controller, or a byte for it or for the keyboard. Changes AL.
.macro command value
    mov $\value, %al
    out %al, $KEYBOARD_COMMAND
.endm
.macro data value
    mov $\value, %al
    out %al, $KEYBOARD_DATA
.endm

// Waits for a byte, which must have this value. Changes AL.
.macro expect value
.Lexpect\@:
    in $KEYBOARD_COMMAND, %al
    test $OUTPUT_FULL, %al
    jz .Lexpect\@
    in $KEYBOARD_DATA, %al
    cmp $\value, %al
    must_be_equal
.endm

begin_guest keyboard
    start_real_mode
    set_vector KEYBOARD_VECTOR, on_key

    // The controller keeps the configuration byte; the status tells commands and data apart.
    command WRITE_CONFIGURATION
    data QUIET
    command READ_CONFIGURATION
    in $KEYBOARD_COMMAND, %al
    and $LAST_WAS_COMMAND, %al
    cmp $LAST_WAS_COMMAND, %al
    must_be_equal
    expect QUIET

    // The tests.
    command SELF_TEST
    expect 0x55
    command TEST_KEYBOARD
    expect 0
    command TEST_AUXILIARY
    expect 0

    // The keyboard answers.
    data ECHO
    expect ECHO
    data IDENTIFY
    expect ACKNOWLEDGE
    expect 0xab
    expect 0x83

    // A byte as if from the mouse, and one as if from the keyboard, which interrupts.
    command LOOP_AUXILIARY
    data 0x5a
    in $KEYBOARD_COMMAND, %al
    and $OUTPUT_IS_AUXILIARY, %al
    cmp $OUTPUT_IS_AUXILIARY, %al
    must_be_equal
    expect 0x5a
    start_interrupt_controllers 0xfd, 0xff
    command WRITE_CONFIGURATION
    data INTERRUPTING
    command LOOP_KEYBOARD
    data 0xa5
wait:
    sti
    hlt
    cli
    cmpb $0xa5, AT(key)
    jne wait

    mov $AT(text), %si
    call print
    exit_with 0

on_key:
    push %ax
    in $KEYBOARD_DATA, %al
    mov %al, AT(key)
    end_of_interrupt
    pop %ax
    iret

console_routines

key:
    .byte 0
text:
    .asciz "keyboard: tests, echo, loop-back\n"

end_guest keyboard
