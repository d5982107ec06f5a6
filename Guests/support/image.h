// What every guest of this folder shares: where its image lies, how it names its own addresses, and how it ends.
//
// A guest is a flat image. It is copied to LOAD_ADDRESS and entered at its first byte, in real mode, with CS = 0 and
// IP = LOAD_ADDRESS; it relies on nothing else. The assembler sees it as read-only data of the host program, so an
// address inside the guest is never the symbol itself: it is the distance from the image's start plus LOAD_ADDRESS.
#pragma once

#define LOAD_ADDRESS 0x7c00
#define AT(label) LOAD_ADDRESS - image + label

// Free for the guests' own use; all below 640 KiB.
#define STACK_TOP LOAD_ADDRESS
#define SCRATCH 0x20000

#define EXIT_PORT 0xf4
#define POST_PORT 0x80

#ifdef __ASSEMBLER__

// Opens the image of the guest that Guests.c knows as `symbol`.
.macro begin_guest symbol
    .section .rodata
    .balign 16
    .globl guest_\symbol\()_start
guest_\symbol\()_start:
image:
    .code16
.endm

// Closes it. Every guest file ends with this.
.macro end_guest symbol
    .globl guest_\symbol\()_end
guest_\symbol\()_end:
    .section .note.GNU-stack, "", @progbits
.endm

// Interrupts off, all data segments at 0, a stack below the image, strings upwards.
.macro start_real_mode
    cli
    xor %ax, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov $STACK_TOP, %sp
    cld
.endm

// Ends the run with an exit code. The lines after the OUT are for a machine that has no exit port.
.macro exit_with code
    mov $\code, %al
    out %al, $EXIT_PORT
    cli
    hlt
.endm

// Ends the run with code 1 unless the last comparison found equality.
.macro must_be_equal
    je .Lequal\@
    exit_with 1
.Lequal\@:
.endm

#endif
