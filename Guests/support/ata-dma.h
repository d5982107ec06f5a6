// The first ATA disk by bus-master DMA, in 32-bit protected mode with interrupts on line 14.
#pragma once

#include "ata.h"
#include "gates.h"
#include "image.h"
#include "pci.h"
#include "timer.h"

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

// Finds the bus master and opens the disk's interrupt. Interrupts must be off. Changes EAX, EDX.
.macro start_dma
    set_gate DISK_VECTOR, on_disk
    load_gates
    // Line 14 and the cascade.
    start_interrupt_controllers 0xfb, 0xbf
    read_configuration IDE_DEVICE, IDE_FUNCTION, IDE_BASE_ADDRESS_4
    and $IDE_BASE_MASK, %eax
    mov %ax, AT(master_base)
.endm

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

// Put this once into a guest's code.
.macro dma_routines

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

    .balign 4
interrupts:
    .long 0
master_base:
    .word 0
disk_status:
    .byte 0

.endm
