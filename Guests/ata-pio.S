// ata-pio: an ATA disk with programmed input and output. Identifies it, prints the text in its sector 1, writes sector
// 2 and reads it back, and has a sector refused that the disk does not have.
#include "support/ata.h"
#include "support/console.h"
#include "support/image.h"

// Word 60 of the identification: how many sectors can be addressed.
#define IDENTIFIED_SECTORS 120
#define SECTORS 64

#define WRITTEN SCRATCH
#define READ (SCRATCH + SECTOR_BYTES)

// Moves a sector between the disk and ES:DI or DS:SI once the disk asks for it. Changes AL, CX, DX.
.macro transfer instruction
    ata_wait
    test $ATA_DATA_REQUEST, %al
    jz wrong
    mov $ATA_DATA, %dx
    mov $SECTOR_WORDS, %cx
    rep \instruction
.endm

begin_guest ata_pio
    start_real_mode
    mov $(SCRATCH >> 4), %ax
    mov %ax, %es
    mov $AT(heading), %si
    call print

    ata_command ATA_IDENTIFY, 0, 0
    xor %di, %di
    transfer insw
    cmpl $SECTORS, %es:IDENTIFIED_SECTORS
    must_be_equal

    // The text in sector 1 ends with a zero.
    ata_command ATA_READ, 1, 1
    xor %di, %di
    transfer insw
    push %es
    pop %ds
    xor %si, %si
    call print

    // A pattern to sector 2, and back.
    xor %di, %di
    mov $SECTOR_WORDS, %cx
    mov $0x1234, %ax
fill:
    stosw
    imul $25173, %ax, %ax
    add $13849, %ax
    loop fill
    ata_command ATA_WRITE, 2, 1
    xor %si, %si
    transfer outsw
    ata_command ATA_FLUSH, 0, 0
    ata_wait
    ata_command ATA_READ, 2, 1
    mov $(READ - WRITTEN), %di
    transfer insw
    xor %si, %si
    mov $(READ - WRITTEN), %di
    mov $SECTOR_WORDS, %cx
    repe cmpsw
    must_be_equal

    // There is no sector 64.
    ata_command ATA_READ, SECTORS, 1
    ata_wait
    test $ATA_FAILED, %al
    jz wrong
    mov $ATA_ERROR, %dx
    in (%dx), %al
    cmp $ATA_NOT_FOUND, %al
    must_be_equal

    xor %ax, %ax
    mov %ax, %ds
    mov $AT(text), %si
    call print
    exit_with 0
wrong:
    exit_with 2

console_routines

heading:
    .asciz "an ATA disk by ports\n"
text:
    .asciz "identified, read, written\n"

end_guest ata_pio
