// rep-outs: port accesses by string instructions, upwards and downwards, in every size. Hosts differ in how many of
// them one exit covers. Prints its strings and a hash of what it read; exits with code 0.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"

#define UPWARDS_LENGTH (upwards_end - upwards)
#define DOWNWARDS_LENGTH (downwards_end - downwards)
#define WORDS 300

begin_guest rep_outs
    start_real_mode

    // A string out, first byte first.
    mov $AT(upwards), %si
    mov $COM1_DATA, %dx
    mov $UPWARDS_LENGTH, %cx
    rep outsb

    // A string out, last byte first.
    std
    mov $AT(downwards_end) - 1, %si
    mov $DOWNWARDS_LENGTH, %cx
    rep outsb
    cld

    // A string in: the scratch register, over and over.
    mov $COM1_SCRATCH, %dx
    mov $'s', %al
    out %al, (%dx)
    mov $AT(buffer), %di
    mov $8, %cx
    rep insb
    mov $AT(buffer), %si
    call print
    call print_newline

    // Words and double words, to and from a port that nothing claims: more than one page of the exchange area.
    mov $SCRATCH >> 4, %ax
    mov %ax, %es
    xor %di, %di
    mov $0x2f0, %dx
    mov $WORDS, %cx
    rep insw
    mov $WORDS, %cx
    rep insl
    xor %si, %si
    mov $WORDS, %cx
    rep outsw %es:(%si), %dx
    mov $WORDS, %cx
    rep outsl %es:(%si), %dx

    // Everything that was read.
    xor %si, %si
    mov $(WORDS * 6 / 4), %cx
next_word:
    lodsl %es:(%si), %eax
    fold %eax
    dec %cx
    jnz next_word
    load_hash
    call print_hex
    call print_newline
    exit_with 0

console_routines
hash_storage

upwards:
    .ascii "upwards\n"
upwards_end:
downwards:
    .ascii "\nsdrawnwod"
downwards_end:
buffer:
    .fill 9, 1, 0

end_guest rep_outs
