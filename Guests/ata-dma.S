// ata-dma: an ATA disk with bus-master DMA, and interrupts on line 14. Prints the texts in its sectors 1 and 2, which
// one transfer puts into two places of memory; writes sector 3 and reads it back.
#include "support/ata-dma.h"
#include "support/console.h"
#include "support/image.h"

#define FIRST (SCRATCH + 0x1000)
#define SECOND (SCRATCH + 0x2000)

begin_guest ata_dma
    start_real_mode
    enter_protected_mode start

start:
    start_protected_mode
    start_dma

    transfer ATA_READ_DMA, 1, 2, two_regions, MASTER_TO_MEMORY, 1
    mov $FIRST, %esi
    call print
    mov $SECOND, %esi
    call print

    // What is at FIRST, with another beginning, goes to sector 3 and comes back to SECOND.
    movl $0x12345678, FIRST
    transfer ATA_WRITE_DMA, 3, 1, first_region, 0, 2
    transfer ATA_READ_DMA, 3, 1, second_region, MASTER_TO_MEMORY, 3
    mov $FIRST, %esi
    mov $SECOND, %edi
    mov $SECTOR_WORDS, %ecx
    repe cmpsw
    must_be_equal

    mov $AT(text), %esi
    call print
    exit_with 0

console_routines

dma_routines

    .balign 4
two_regions:
    .long FIRST, SECTOR_BYTES
    .long SECOND, SECTOR_BYTES + LAST_REGION
first_region:
    .long FIRST, SECTOR_BYTES + LAST_REGION
second_region:
    .long SECOND, SECTOR_BYTES + LAST_REGION
text:
    .asciz "ATA: read and written by DMA\n"

flat_descriptors
descriptors_end
gates_pointer

end_guest ata_dma
