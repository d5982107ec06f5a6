// Printing over COM1. The lines below mean the same in 16-, 32- and 64-bit code, so one text serves every mode:
// put `console_routines` once into a guest, in the mode that prints, and call the routines there. A guest that prints much
// defines PRINTS_ON_DEBUG_PORT before it includes this: each character is one port access then.
#pragma once

#include "image.h"

#define DEBUG_CONSOLE 0xe9
#define COM1_DATA 0x3f8
#define COM1_LINE_STATUS 0x3fd
#define COM1_SCRATCH 0x3ff
#define LINE_DATA_READY 0x01
#define LINE_TRANSMITTER_EMPTY 0x20

.macro console_routines

// Prints the zero-terminated string at SI/ESI/RSI. Changes AX, DX and SI.
print:
    lodsb
    test %al, %al
    jz .Lprint_done
    call print_character
    jmp print
.Lprint_done:
    ret

#ifdef PRINTS_ON_DEBUG_PORT
// Prints AL.
print_character:
    out %al, $DEBUG_CONSOLE
    ret
#else
// Prints AL when the transmitter is free. Changes AX and DX.
print_character:
    mov %al, %ah
    mov $COM1_LINE_STATUS, %dx
.Ltransmitter_busy:
    in (%dx), %al
    test $LINE_TRANSMITTER_EMPTY, %al
    jz .Ltransmitter_busy
    mov %ah, %al
    mov $COM1_DATA, %dx
    out %al, (%dx)
    ret
#endif

// Prints EAX as eight hexadecimal digits. Changes EAX, EBX, CX and DX.
print_hex:
    mov $8, %cl
    mov %eax, %ebx
    jmp .Lnext_digit

// Prints AL as two hexadecimal digits. Changes EAX, EBX, CX and DX.
print_hex_byte:
    mov $2, %cl
    mov %eax, %ebx
    ror $8, %ebx
.Lnext_digit:
    rol $4, %ebx
    mov %bl, %al
    and $0x0f, %al
    add $'0', %al
    cmp $'9', %al
    jbe .Ldigit
    add $('a' - '9' - 1), %al
.Ldigit:
    call print_character
    dec %cl
    jnz .Lnext_digit
    ret

// Ends the line. Changes AX and DX.
print_newline:
    mov $'\n', %al
    jmp print_character

.endm
