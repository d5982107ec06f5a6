// long-mode: works in 64-bit mode with its own page tables: wide arithmetic, the upper registers, addresses relative to
// RIP, and one page mapped at two addresses. Prints a product; exits with code 0, or with 1 if the two views differ.
#include "support/console.h"
#include "support/image.h"
#include "support/long-mode.h"

begin_guest long_mode
    start_real_mode
    enter_long_mode wide

wide:
    start_long_mode

    // 3 to the power of 40, in registers that only 64-bit code has.
    mov $1, %r8d
    mov $40, %r9d
power:
    lea (%r8, %r8, 2), %r8
    dec %r9d
    jnz power

    // Store it through the high half, load it through the low addresses.
    movabs $(HIGH_HALF + SCRATCH), %r10
    mov %r8, (%r10)
    mov SCRATCH, %r11
    cmp %r8, %r11
    jne views_differ

    // The same word through RIP.
    lea value(%rip), %r12
    mov %r11, (%r12)
    mov value(%rip), %rsi
    cmp %r8, %rsi
    jne views_differ

    // Divide by 3 to the power of 20: what is left is 3 to the power of 20 again.
    mov %rsi, %rax
    xor %edx, %edx
    mov $3486784401, %r13d
    div %r13
    test %rdx, %rdx
    jnz views_differ
    mov %rax, %r14

    mov $AT(text), %esi
    call print
    mov %r8, %rax
    shr $32, %rax
    call print_hex
    mov %r8d, %eax
    call print_hex
    mov $' ', %al
    call print_character
    mov %r14d, %eax
    call print_hex
    call print_newline
    exit_with 0

views_differ:
    exit_with 1

console_routines

text:
    .asciz "3^40 and 3^20: "
    .balign 8
value:
    .quad 0

long_mode_tables

end_guest long_mode
