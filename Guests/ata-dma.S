// ata-dma: an ATA disk with bus-master DMA, and interrupts on line 14. Prints the texts in its sectors 1 and 2, which
// one transfer puts into two places of memory; writes sector 3 and reads it back.
#include "support/ata.h"
#include "support/console.h"
#include "support/gates.h"
#include "support/image.h"
#include "support/pci.h"
#include "support/timer.h"

#define IDE_DEVICE 1
#define IDE_FUNCTION 1
#define IDE_BASE_ADDRESS_4 0x20
#define IDE_BASE_MASK 0xfff0
#define DISK_VECTOR (CLOCK_VECTOR + 6)

// The bus master of the first channel.
#define MASTER_COMMAND 0
#define MASTER_STATUS 2
#define MASTER_TABLE 4
#define MASTER_START 0x01
#define MASTER_TO_MEMORY 0x08
#define MASTER_CLEAR 0x06
#define LAST_REGION 0x80000000

#define FIRST (SCRATCH + 0x1000)
#define SECOND (SCRATCH + 0x2000)

// Does a transfer to or from memory by a table of regions, and waits for its interrupt. Changes EAX, EDX.
.macro transfer command, sector, count, table, direction, number
    mov $AT(\table), %eax
    mov AT(master_base), %dx
    add $MASTER_TABLE, %dx
    out %eax, (%dx)
    sub $(MASTER_TABLE - MASTER_STATUS), %dx
    mov $MASTER_CLEAR, %al
    out %al, (%dx)
    ata_command \command, \sector, \count
    mov AT(master_base), %dx
    mov $(MASTER_START + \direction), %al
    out %al, (%dx)
    wait_for interrupts, \number
    mov AT(master_base), %dx
    mov $0, %al
    out %al, (%dx)
    // Neither the disk nor the bus master has failed.
    testb $ATA_FAILED, AT(disk_status)
    must_be_equal
.endm

begin_guest ata_dma
    start_real_mode
    enter_protected_mode start

start:
    start_protected_mode
    set_gate DISK_VECTOR, on_disk
    load_gates
    // Line 14 and the cascade.
    start_interrupt_controllers 0xfb, 0xbf
    read_configuration IDE_DEVICE, IDE_FUNCTION, IDE_BASE_ADDRESS_4
    and $IDE_BASE_MASK, %eax
    mov %ax, AT(master_base)

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

// Reading the disk's status lowers its line; the bus master's interrupt bit is cleared by a one.
on_disk:
    push %eax
    push %edx
    mov $ATA_STATUS, %dx
    in (%dx), %al
    mov %al, AT(disk_status)
    mov AT(master_base), %dx
    add $MASTER_STATUS, %dx
    in (%dx), %al
    out %al, (%dx)
    incl AT(interrupts)
    mov $PIC_END_OF_INTERRUPT, %al
    out %al, $PIC_SLAVE_COMMAND
    out %al, $PIC_MASTER_COMMAND
    pop %edx
    pop %eax
    iret

console_routines

    .balign 4
two_regions:
    .long FIRST, SECTOR_BYTES
    .long SECOND, SECTOR_BYTES + LAST_REGION
first_region:
    .long FIRST, SECTOR_BYTES + LAST_REGION
second_region:
    .long SECOND, SECTOR_BYTES + LAST_REGION
interrupts:
    .long 0
master_base:
    .word 0
disk_status:
    .byte 0
text:
    .asciz "ATA: read and written by DMA\n"

flat_descriptors
descriptors_end
gates_pointer

end_guest ata_dma
