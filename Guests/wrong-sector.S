// wrong-sector: a bug whose input is to be found. Reads two sectors of an ATA disk by DMA, copies a name by REP MOVS out of the
// second where it means the first, and looks one letter of it up in a table. The result stays at ANSWER.
#include "support/ata-dma.h"
#include "support/console.h"
#include "support/image.h"

#define FIRST (SCRATCH + 0x1000)
#define SECOND (SCRATCH + 0x2000)
#define NAME (SCRATCH + 0x3000)
#define NAME_BYTES 8
#define ANSWER 0x600
// What the table adds to a letter.
#define SHIFT 59

begin_guest wrong_sector
    start_real_mode
    enter_protected_mode start

start:
    start_protected_mode
    start_dma
    transfer ATA_READ_DMA, 1, 2, two_regions, MASTER_TO_MEMORY, 1

    mov $SECOND, %esi
    mov $NAME, %edi
    mov $NAME_BYTES, %ecx
    rep movsb
    movzbl NAME + NAME_BYTES - 1, %ebx
    movzbl AT(table)(%ebx), %eax
    mov %eax, ANSWER
    call print_hex
    call print_newline
    exit_with 0

console_routines

dma_routines

    .balign 4
two_regions:
    .long FIRST, SECTOR_BYTES
    .long SECOND, SECTOR_BYTES + LAST_REGION
table:
    .set letter, 0
    .rept 256
    .byte (letter + SHIFT) & 0xff
    .set letter, letter + 1
    .endr

flat_descriptors
descriptors_end
gates_pointer

end_guest wrong_sector
