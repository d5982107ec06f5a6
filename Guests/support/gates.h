// Interrupts in 32-bit protected mode: a table of gates at GATES, and waiting for what a handler counts.
#pragma once

#include "image.h"
#include "protected-mode.h"

#define GATES 0x10000
#define GATE_COUNT 256
#define GATE_INTERRUPT 0x8e00

// Points a vector at a handler of this image. Changes EAX.
.macro set_gate vector, handler
    mov $AT(\handler), %eax
    mov %ax, GATES + \vector * 8
    movw $CODE_SEGMENT, GATES + \vector * 8 + 2
    movw $GATE_INTERRUPT, GATES + \vector * 8 + 4
    shr $16, %eax
    mov %ax, GATES + \vector * 8 + 6
.endm

// Activates the gates. Put a `gates_pointer` into the guest's data.
.macro load_gates
    lidt AT(gates_table_pointer)
.endm

.macro gates_pointer
gates_table_pointer:
    .word GATE_COUNT * 8 - 1
    .long GATES
.endm

// Sleeps until the 32-bit count at a label is at least `count`. Interrupts are off before and after.
.macro wait_for counter, count
.Lwait_again\@:
    cmpl $\count, AT(\counter)
    jae .Lwait_done\@
    // STI takes effect after the next instruction: no interrupt is lost between the two.
    sti
    hlt
    cli
    jmp .Lwait_again\@
.Lwait_done\@:
.endm
