// tick-self-modifying: a loop that rewrites the operand of its own next instruction, and now and then the instruction
// itself, while the timer interrupts it. The bytes at the interrupted address differ from round to round; the handler
// folds them. Prints the hash after 50 ticks; exits with code 0.
#include "support/image.h"
#include "support/ticks.h"

#define TICKS 50

// INC BX and DEC BX differ in this bit.
#define OPCODE_INC_BX 0x43
#define INC_OR_DEC 0x08

begin_guest tick_self_modifying
    start_real_mode
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    xor %ebx, %ebx
    xor %ecx, %ecx
    sti

    // MOV $operand, %eax, with the operand written just before.
round:
    inc %ecx
    mov %ecx, AT(operand)
    .byte 0x66, 0xb8
operand:
    .long 0

    // Every round turns the increment into a decrement and back.
    xorb $INC_OR_DEC, AT(opcode)
opcode:
    .byte OPCODE_INC_BX
    jmp round

on_tick:
    enter_handler
    mov SAVED_IP(%bp), %si
    movl (%si), %eax
    fold %eax
    movl AT(operand), %eax
    fold %eax
    leave_tick_handler

finish_ticks TICKS

end_guest tick_self_modifying
