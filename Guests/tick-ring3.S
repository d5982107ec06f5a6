// tick-ring3: a fixed amount of computing in ring 3 of long mode under a 250 Hz timer. The handler, in ring 0, folds
// the registers, RIP and flags that it interrupted. Prints the result, which no tick may change, and the hash of the
// ticks; exits with code 0, or with 1 if the result is wrong.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"
#include "support/long-mode.h"
#include "support/timer.h"

// 5x + 1 from 0, ROUNDS times, modulo 2^64: the upper and the lower half. A benchmark has more rounds.
#ifndef ROUNDS
#define ROUNDS 800000000
#define RESULT_HIGH 0xec4c9dff
#define RESULT_LOW 0x697df800
#endif

begin_guest tick_ring3
    start_real_mode
    start_ticks 250
    enter_long_mode wide

wide:
    start_long_mode
    load_interrupt_tables
    enter_ring_3 user, FLAGS_INTERRUPTS

user:
    xor %ebx, %ebx
    mov $ROUNDS, %ecx
compute:
    lea 1(%rbx, %rbx, 4), %rbx
    dec %ecx
    jnz compute

    // Ticks continue through all of this, but what is printed was loaded at one instant.
    mov %rbx, %rbp
    shr $32, %rbx
    cmp $RESULT_HIGH, %ebx
    jne wrong
    cmp $RESULT_LOW, %ebp
    jne wrong
    mov $AT(text), %esi
    call print
    load_hash
    call print_hex
    call print_newline
    exit_with 0

wrong:
    exit_with 1

// In ring 0, on the stack that the task state segment names: RIP, CS, RFLAGS, RSP and SS of ring 3.
on_tick:
    push %rax
    push %rdx
    fold %ebx
    fold %ecx
    mov 16(%rsp), %eax
    fold %eax
    mov 24(%rsp), %eax
    fold %eax
    mov 32(%rsp), %eax
    fold %eax
    end_of_interrupt
    pop %rdx
    pop %rax
    iretq

console_routines
hash_storage

text:
    .asciz "right result, ticks "

long_mode_tables
timer_interrupt_table on_tick

end_guest tick_ring3
