// dirty-memory: in ring 3 of long mode, changes a word in each page of 32 MiB, computes for about 100 ms, and does so
// four times: its run time shows the cost of keyframes. Prints a sum over all pages; exits with code 0.
#include "support/console.h"
#include "support/image.h"
#include "support/long-mode.h"

// A benchmark has more rounds.
#ifndef ROUNDS
#define ROUNDS 4
#endif
#define REGION 0x1000000
#define PAGE_SIZE 0x1000
#define PAGES (32 * 256)
#define PAUSE 160000000

begin_guest dirty_memory
    start_real_mode
    enter_long_mode wide

wide:
    start_long_mode
    load_interrupt_tables
    enter_ring_3 user, 0

user:
    xor %ebx, %ebx
    mov $ROUNDS, %ebp

    // RBX sums what the pages held and goes into each of them in turn.
round:
    mov $REGION, %edi
    mov $PAGES, %ecx
next_page:
    add (%rdi), %rbx
    inc %rbx
    mov %rbx, (%rdi)
    add $PAGE_SIZE, %rdi
    dec %ecx
    jnz next_page

    // x = 5x + 1, modulo 2^64, takes its time.
    mov $PAUSE, %ecx
compute:
    lea 1(%rbx, %rbx, 4), %rbx
    dec %ecx
    jnz compute
    dec %ebp
    jnz round

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

end_guest dirty_memory
