// protected: counts the primes below 1000 with a sieve in 32-bit protected mode, with its array in a segment that does
// not start at 0. Prints the count (168); exits with code 0.
#include "support/console.h"
#include "support/image.h"
#include "support/protected-mode.h"

#define LIMIT 1000
#define ARRAY_SEGMENT 0x18

begin_guest protected
    start_real_mode
    enter_protected_mode sieve

sieve:
    start_protected_mode
    mov $ARRAY_SEGMENT, %eax
    mov %eax, %es

    // Every number may be a prime: a byte of one for each.
    xor %edi, %edi
    mov $1, %al
    mov $LIMIT, %ecx
    rep stosb

    // EBP counts primes, EBX is the current number; multiples of a prime, from its square on, are not primes.
    xor %ebp, %ebp
    mov $2, %ebx
next_number:
    cmpb $0, %es:(%ebx)
    je composite
    inc %ebp
    mov %ebx, %eax
    mul %ebx
    mov %eax, %edi
strike:
    cmp $LIMIT, %edi
    jae composite
    movb $0, %es:(%edi)
    add %ebx, %edi
    jmp strike
composite:
    inc %ebx
    cmp $LIMIT, %ebx
    jb next_number

    mov $AT(text), %esi
    call print
    mov %ebp, %eax
    call print_hex
    call print_newline
    exit_with 0

console_routines

text:
    .asciz "primes below 1000: "

flat_descriptors
    // Data, 4 KiB from SCRATCH.
    .word 0x0fff, SCRATCH & 0xffff
    .byte SCRATCH >> 16, 0x93, 0x40, 0
descriptors_end

end_guest protected
