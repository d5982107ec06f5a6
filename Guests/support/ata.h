// The first ATA disk: its registers, and the commands that guests give it.
#pragma once

#include "image.h"

#define ATA_DATA 0x1f0
#define ATA_ERROR 0x1f1
#define ATA_COUNT 0x1f2
#define ATA_LOW 0x1f3
#define ATA_MIDDLE 0x1f4
#define ATA_HIGH 0x1f5
#define ATA_DEVICE 0x1f6
#define ATA_COMMAND 0x1f7
#define ATA_STATUS 0x1f7

#define ATA_BUSY 0x80
#define ATA_DATA_REQUEST 0x08
#define ATA_FAILED 0x01
#define ATA_NOT_FOUND 0x10

// The first drive, addressed by LBA.
#define ATA_FIRST_DRIVE 0xe0

#define ATA_READ 0x20
#define ATA_WRITE 0x30
#define ATA_READ_DMA 0xc8
#define ATA_WRITE_DMA 0xca
#define ATA_FLUSH 0xe7
#define ATA_IDENTIFY 0xec

#define SECTOR_BYTES 512
#define SECTOR_WORDS 256

// Writes a register of the disk. Changes AL and DX.
.macro ata_write register, value
    mov $\register, %dx
    mov $\value, %al
    out %al, (%dx)
.endm

// Gives the disk a command for `count` sectors from `sector` on. Changes AL and DX.
.macro ata_command command, sector, count
    ata_write ATA_DEVICE, ATA_FIRST_DRIVE
    ata_write ATA_COUNT, \count
    ata_write ATA_LOW, \sector
    ata_write ATA_MIDDLE, 0
    ata_write ATA_HIGH, 0
    ata_write ATA_COMMAND, \command
.endm

// Waits until the disk is not busy; its status is in AL then. Changes DX.
.macro ata_wait
    mov $ATA_STATUS, %dx
.Lata_busy\@:
    in (%dx), %al
    test $ATA_BUSY, %al
    jnz .Lata_busy\@
.endm
