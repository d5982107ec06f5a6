// racy: the bug this program exists to catch. The main loop and the timer's handler both add to one counter; the main
// loop does it in three instructions, and a tick between the first and the last is lost. Most runs are lucky: prints
// "kept" and exits with code 0. The others print "lost" and exit with code 1.
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define TICKS 4
#define PAUSE 40

begin_guest racy
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    xor %ebx, %ebx
    sti

    // EBX counts what the main loop added.
round:
    inc %ebx
    movl AT(shared), %eax
    inc %eax
    movl %eax, AT(shared)

    // Something else to do, for most of the time.
    mov $PAUSE, %cx
pause_a_while:
    dec %cx
    jnz pause_a_while
    cmpl $TICKS, AT(ticks)
    jb round

    // What the two added must be there.
    cli
    addl AT(ticks), %ebx
    cmpl %ebx, AT(shared)
    jne lost
    mov $AT(kept_text), %si
    call print
    exit_with 0
lost:
    mov $AT(lost_text), %si
    call print
    exit_with 1

on_tick:
    push %ax
    incl AT(shared)
    incl AT(ticks)
    end_of_interrupt
    pop %ax
    iret

console_routines

shared:
    .long 0
ticks:
    .long 0
kept_text:
    .asciz "kept\n"
lost_text:
    .asciz "lost\n"

end_guest racy
