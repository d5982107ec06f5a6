// ring3: drops to ring 3 of long mode, computes there natively and talks through ports that its task state opens.
// Prints the result; exits with code 0.
#include "support/console.h"
#include "support/image.h"
#include "support/long-mode.h"

#define ROUNDS 50000000

begin_guest ring3
    start_real_mode
    enter_long_mode wide

wide:
    start_long_mode
    load_interrupt_tables
    enter_ring_3 user, 0

user:
    // x = 5x + 1, modulo 2^64.
    xor %ebx, %ebx
    mov $ROUNDS, %ecx
compute:
    lea 1(%rbx, %rbx, 4), %rbx
    dec %ecx
    jnz compute

    mov %rbx, %rbp
    mov $AT(text), %esi
    call print
    mov %rbp, %rax
    shr $32, %rax
    call print_hex
    mov %ebp, %eax
    call print_hex
    call print_newline
    exit_with 0

console_routines

text:
    .asciz "ring 3 says "

long_mode_tables

    // No interrupt is expected: every vector is a fault that ends in a shutdown.
interrupt_table_pointer:
    .word 0
    .quad 0

end_guest ring3
