// speaker: port 0x61. Times a millisecond with the timer's counter 2, whose gate the port opens and whose output it
// shows, with the speaker silent; and checks that the refresh bit toggles.
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define SYSTEM_CONTROL_B 0x61
#define TIMER_GATE 0x01
#define REFRESH 0x10
#define TIMER_OUTPUT 0x20
#define TOGGLES 10

#define PIT_CHANNEL_2 0x42
// Counter 2, both bytes, mode 0: the output rises when the count is done.
#define ONE_COUNT 0xb0

begin_guest speaker
    start_real_mode
    mov $TIMER_GATE, %al
    out %al, $SYSTEM_CONTROL_B
    mov $ONE_COUNT, %al
    out %al, $PIT_COMMAND
    mov $((PIT_HERTZ / 1000) & 0xff), %al
    out %al, $PIT_CHANNEL_2
    mov $((PIT_HERTZ / 1000) >> 8), %al
    out %al, $PIT_CHANNEL_2
counting:
    in $SYSTEM_CONTROL_B, %al
    test $TIMER_OUTPUT, %al
    jz counting
    test $TIMER_GATE, %al
    jz wrong

    // BL has the previous refresh bit.
    mov $TOGGLES, %cx
    and $REFRESH, %al
    mov %al, %bl
same:
    in $SYSTEM_CONTROL_B, %al
    and $REFRESH, %al
    cmp %al, %bl
    je same
    mov %al, %bl
    loop same

    mov $AT(text), %si
    call print
    exit_with 0
wrong:
    exit_with 1

console_routines

text:
    .asciz "port 0x61: counter 2, refresh\n"

end_guest speaker
