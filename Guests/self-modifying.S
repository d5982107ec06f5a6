// self-modifying: rewrites the operand of the very next instruction, thousands of times, and the opcode of another.
// Prints the sum of the operands it executed; exits with code 0.
#include "support/console.h"
#include "support/image.h"

#define ROUNDS 2000
#define OPCODE_INC_BX 0x43
#define OPCODE_DEC_BX 0x4b

begin_guest self_modifying
    start_real_mode
    xor %ebp, %ebp
    xor %bx, %bx
    mov $ROUNDS, %cx

round:
    // The operand of the instruction that follows becomes this round's number.
    mov %cx, AT(operand)
    .byte 0xb8
operand:
    .word 0
    movzwl %ax, %eax
    add %eax, %ebp

    // An increment in odd rounds, a decrement in even ones.
    movb $OPCODE_INC_BX, AT(opcode)
    test $1, %cl
    jnz opcode
    movb $OPCODE_DEC_BX, AT(opcode)
opcode:
    .byte 0

    dec %cx
    jnz round

    // 2000 * 2001 / 2, plus as many increments as decrements.
    movzwl %bx, %eax
    add %ebp, %eax
    call print_hex
    call print_newline
    exit_with 0

console_routines

end_guest self_modifying
