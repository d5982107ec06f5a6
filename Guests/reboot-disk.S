// reboot-disk: counts its starts in a sector of an ATA disk, which keeps what was written when the machine is reset.
// Prints the number of each; exits with code 0 at the third.
#include "support/ata.h"
#include "support/console.h"
#include "support/image.h"

#define RESET_CONTROL 0xcf9
#define HARD_RESET 0x06
#define STARTS_SECTOR 3
// After whatever is in the sector of a new disk.
#define STARTS (SCRATCH + SECTOR_BYTES - 1)

.macro transfer instruction
    ata_wait
    test $ATA_DATA_REQUEST, %al
    jz wrong
    mov $ATA_DATA, %dx
    mov $SECTOR_WORDS, %cx
    // One word for each instruction, because a keyframe cannot lie inside a repeated one.
1:  \instruction
    loop 1b
.endm

begin_guest reboot_disk
    start_real_mode
    mov $(SCRATCH >> 4), %ax
    mov %ax, %es
    mov %ax, %fs
    ata_command ATA_READ, STARTS_SECTOR, 1
    xor %di, %di
    transfer insw
    mov %es:(STARTS - SCRATCH), %bl
    mov %bl, %al
    add $'0', %al
    call print_character
    cmp $2, %bl
    je done

    incb %es:(STARTS - SCRATCH)
    ata_command ATA_WRITE, STARTS_SECTOR, 1
    xor %si, %si
    ata_wait
    test $ATA_DATA_REQUEST, %al
    jz wrong
    mov $ATA_DATA, %dx
    mov $SECTOR_WORDS, %cx
    rep outsw %fs:(%si), (%dx)
    ata_command ATA_FLUSH, 0, 0
    ata_wait
    mov $RESET_CONTROL, %dx
    mov $HARD_RESET, %al
    out %al, (%dx)
wrong:
    exit_with 2
done:
    call print_newline
    exit_with 0

console_routines

end_guest reboot_disk
