// self-trace: traces itself. It sets the trap flag, and its handler of the debug exception notes where each comes and
// what DR6 says: over an addition, a PUSHF whose image shows the flag, a port access, a repeated MOVSB (one for each
// iteration), a load of SS, and the POPF that ends it. Then it counts them over a loop that the timer interrupts.
// Prints the places and the count, which some hosts' emulators get wrong; exits with code 0.
#include "support/console.h"
#include "support/image.h"
#include "support/timer.h"

#define DEBUG_VECTOR 1
#define TRAP_FLAG 0x100
#define INTERRUPT_FLAG 0x200
#define DR6_STEP 0x4000
#define NOTES 0x6000
#define TURNS 6000

begin_guest self_trace
    start_real_mode
    set_vector DEBUG_VECTOR, on_trap
    xor %eax, %eax
    mov %eax, %dr6
    mov $NOTES, %bp
    mov $AT(first), %si
    mov $0x7000, %di
    mov $3, %cx

    pushf
    mov %sp, %bx
    orw $TRAP_FLAG, (%bx)
    popf
first:
    inc %eax
    pushf
    pop %dx
    out %al, $POST_PORT
    rep movsb
    mov %ss, %ax
    mov %ax, %ss
    nop
    pushf
    mov %sp, %bx
    andw $~TRAP_FLAG, (%bx)
    popf
    nop

    // The image of the flags that was pushed during tracing.
    test $TRAP_FLAG, %dx
    jz wrong
    mov $NOTES, %si
print_note:
    lodsw
    call print_hex_byte
    cmp %bp, %si
    jb print_note
    call print_newline

    // Counted from here on; the timer comes in between.
    set_vector DEBUG_VECTOR, count_trap
    set_vector TIMER_VECTOR, on_tick
    start_ticks 1000
    xor %ebp, %ebp
    mov $TURNS, %ecx
    pushf
    mov %sp, %bx
    orw $(TRAP_FLAG | INTERRUPT_FLAG), (%bx)
    popf
next_turn:
    add %ecx, %eax
    dec %ecx
    jnz next_turn
    pushf
    mov %sp, %bx
    andw $~(TRAP_FLAG | INTERRUPT_FLAG), (%bx)
    popf
    cli
    mov %ebp, %eax
    call print_hex
    call print_newline
    exit_with 0
wrong:
    exit_with 3

// Notes the low byte of the distance of the interrupted place from `first`.
on_trap:
    push %eax
    push %bx
    mov %sp, %bx
    mov %ss:6(%bx), %ax
    sub $AT(first), %ax
    mov %ax, %ss:(%bp)
    add $2, %bp
    mov %dr6, %eax
    test $DR6_STEP, %ax
    jz wrong
    xor %eax, %eax
    mov %eax, %dr6
    pop %bx
    pop %eax
    iret

count_trap:
    inc %ebp
    iret

on_tick:
    push %ax
    end_of_interrupt
    pop %ax
    iret

console_routines

end_guest self_trace
