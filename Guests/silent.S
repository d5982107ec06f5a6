// silent: computes in ring 0 of long mode, then in ring 3, and makes no exit until it has its result. Prints it; exits
// with code 0.
#include "support/console.h"
#include "support/image.h"
#include "support/long-mode.h"

// One round is 200 instructions, so that a breakpoint on one of them is seldom hit.
#define ROUND 200
#define KERNEL_ROUNDS 2000
#define USER_ROUNDS 5000000

begin_guest silent
    start_real_mode
    enter_long_mode wide

// x = 5x + 1, modulo 2^64, in RBX.
.macro compute rounds
    mov $\rounds, %ecx
.Lround\@:
    .rept ROUND
    lea 1(%rbx, %rbx, 4), %rbx
    .endr
    dec %ecx
    jnz .Lround\@
.endm

wide:
    start_long_mode
    load_interrupt_tables
    xor %ebx, %ebx
    compute KERNEL_ROUNDS
    enter_ring_3 user, 0

user:
    compute USER_ROUNDS
    mov %rbx, %rbp
    shr $32, %rbx
    mov %ebx, %eax
    call print_hex
    mov %ebp, %eax
    call print_hex
    call print_newline
    exit_with 0

console_routines
long_mode_tables

    // No interrupt is expected: every vector is a fault that ends in a shutdown.
interrupt_table_pointer:
    .word 0
    .quad 0

end_guest silent
