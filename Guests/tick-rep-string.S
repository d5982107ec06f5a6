// tick-rep-string: string instructions that run long enough for the timer to interrupt them half way: stores, copies
// upwards, copies downwards. The handler folds the registers at that point and the byte the instruction would write
// next. Prints the hash after 50 ticks; exits with code 0.
#include "support/image.h"
#include "support/ticks.h"

#define TICKS 50
#define SOURCE_SEGMENT (SCRATCH >> 4)
#define DESTINATION_SEGMENT ((SCRATCH + 0x10000) >> 4)
#define WORDS 8192

begin_guest tick_rep_string
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    xor %ebp, %ebp
    sti

round:
    // Fill the source with this round's number.
    inc %ebp
    mov %ebp, %eax
    mov $SOURCE_SEGMENT, %bx
    mov %bx, %es
    xor %di, %di
    mov $WORDS, %cx
    rep stosl

    // Copy it, first word first.
    mov %bx, %ds
    mov $DESTINATION_SEGMENT, %bx
    mov %bx, %es
    xor %si, %si
    xor %di, %di
    mov $WORDS, %cx
    rep movsl

    // Copy it by bytes, last byte first.
    std
    mov $(WORDS * 4 - 1), %si
    mov %si, %di
    mov $(WORDS * 4), %cx
    rep movsb
    cld
    jmp round

on_tick:
    enter_handler
    movzbl %es:(%di), %eax
    fold %eax
    leave_tick_handler

finish_ticks TICKS

end_guest tick_rep_string
