// ata-registers: accesses an ATA disk's registers by words, which the bus splits into two bytes each, and by
// doublewords, which it does not split; and checks the address that a command shows when it is done.
#include "support/ata.h"
#include "support/console.h"
#include "support/image.h"

// The word, or the doubleword, at a register must be this. Changes EAX and DX.
.macro word_must_be register, value
    mov $\register, %dx
    in (%dx), %ax
    cmp $\value, %ax
    must_be_equal
.endm
.macro doubleword_must_be register, value
    mov $\register, %dx
    in (%dx), %eax
    cmp $\value, %eax
    must_be_equal
.endm

// Writes the word. Changes AX and DX.
.macro write_word register, value
    mov $\register, %dx
    mov $\value, %ax
    out %ax, (%dx)
.endm

#define SECTOR_15 15
// The first drive, by cylinder, head and sector.
#define BY_CYLINDER 0xa0

begin_guest ata_registers
    start_real_mode

    // A word is its two bytes.
    write_word ATA_MIDDLE, 0x2211
    word_must_be ATA_MIDDLE, 0x2211
    mov $ATA_HIGH, %dx
    in (%dx), %al
    cmp $0x22, %al
    must_be_equal
    doubleword_must_be ATA_COUNT, 0xffffffff

    // The device and a command in one word; then the last sector of 28 bits' worth of address.
    write_word ATA_COUNT, 0x0e02
    write_word ATA_MIDDLE, 0
    write_word ATA_DEVICE, (ATA_READ << 8) + ATA_FIRST_DRIVE
    call drain
    call drain
    word_must_be ATA_COUNT, SECTOR_15 << 8
    word_must_be ATA_HIGH, ATA_FIRST_DRIVE << 8

    // Head 0, sectors 2 and 3.
    write_word ATA_COUNT, 0x0202
    write_word ATA_DEVICE, (ATA_READ << 8) + BY_CYLINDER
    call drain
    call drain
    word_must_be ATA_COUNT, 3 << 8
    word_must_be ATA_HIGH, BY_CYLINDER << 8

    mov $AT(text), %si
    call print
    exit_with 0

// Reads a sector away. Changes AX, CX and DX.
drain:
    ata_wait
    mov $ATA_DATA, %dx
    mov $SECTOR_WORDS, %cx
drain_word:
    in (%dx), %ax
    loop drain_word
    ret

console_routines

text:
    .asciz "ATA: registers by words, addresses shown\n"

end_guest ata_registers
