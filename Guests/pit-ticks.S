// pit-ticks: sleeps in HLT through 100 ticks of the timer, reading the timer's counter after each. Prints how many
// ticks its handler counted and a hash of the counter values, which depend on the time of each reading. Exits with
// code 0.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"
#include "support/timer.h"

#define TICKS 100

begin_guest pit_ticks
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000

sleep:
    // STI takes effect after the next instruction: no tick is lost between the two.
    sti
    hlt
    cli

    // Latch the running counter of channel 0 and read it, low byte first.
    mov $0x00, %al
    out %al, $PIT_COMMAND
    in $PIT_CHANNEL_0, %al
    mov %al, %bl
    in $PIT_CHANNEL_0, %al
    mov %al, %bh
    movzwl %bx, %ebx
    fold %ebx

    cmpl $TICKS, AT(ticks)
    jb sleep

    mov $AT(ticks_text), %si
    call print
    movl AT(ticks), %eax
    call print_hex
    mov $AT(hash_text), %si
    call print
    load_hash
    call print_hex
    call print_newline
    exit_with 0

// The timer's handler: counts.
on_tick:
    push %ax
    incl AT(ticks)
    end_of_interrupt
    pop %ax
    iret

console_routines
hash_storage

ticks:
    .long 0
ticks_text:
    .asciz "ticks "
hash_text:
    .asciz " counters "

end_guest pit_ticks
