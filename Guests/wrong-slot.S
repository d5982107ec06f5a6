// wrong-slot: a bug whose input is to be found. Collects a line from COM1 in a ring buffer, takes one digit out of it, and
// prints three times that plus one. It means to take the third digit and takes the second: the slot's number is wrong by a bit.
// The result stays at ANSWER.
#include "support/console.h"
#include "support/image.h"

#define ANSWER 0x600
#define RING_MASK 7

begin_guest wrong_slot
    start_real_mode
    mov $AT(prompt), %si
    call print
    xor %bx, %bx

wait:
    mov $COM1_LINE_STATUS, %dx
    in (%dx), %al
    test $LINE_DATA_READY, %al
    jz wait
    mov $COM1_DATA, %dx
    in (%dx), %al
    cmp $'\n', %al
    je complete
    mov %bx, %di
    and $RING_MASK, %di
    mov %al, AT(ring)(%di)
    inc %bx
    jmp wait

complete:
    mov $2, %di
    xor $3, %di
    movzbl AT(ring)(%di), %eax
    sub $'0', %eax
    lea 1(%eax, %eax, 2), %eax
    mov %eax, ANSWER
    call print_hex
    call print_newline
    exit_with 0

console_routines

ring:
    .fill RING_MASK + 1, 1, 0
prompt:
    .asciz "> "

end_guest wrong_slot
