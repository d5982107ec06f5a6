// disk-read: reads the first two sectors of the first disk by port reads, prints a sum over the second, and overwrites
// the first without looking at it. Prints "no disk" if there is none. Exits with code 0.
#include "support/console.h"
#include "support/image.h"

#define DRIVE_DATA 0x1f0
#define DRIVE_SECTOR_COUNT 0x1f2
#define DRIVE_SECTOR 0x1f3
#define DRIVE_CYLINDER_LOW 0x1f4
#define DRIVE_CYLINDER_HIGH 0x1f5
#define DRIVE_HEAD 0x1f6
#define DRIVE_COMMAND 0x1f7
#define DRIVE_BUSY 0x80
#define DRIVE_REQUEST 0x08
#define FIRST_DRIVE_LBA 0xe0
#define READ_SECTORS 0x20
#define WORDS 256
#define BUFFER SCRATCH

begin_guest disk_read
    start_real_mode

    // A port that nothing claims reads as ones; a channel without drives as a status of 0.
    mov $DRIVE_HEAD, %dx
    mov $FIRST_DRIVE_LBA, %al
    out %al, (%dx)
    mov $DRIVE_COMMAND, %dx
    in (%dx), %al
    cmp $0xff, %al
    je no_disk
    test %al, %al
    jz no_disk

    mov $BUFFER >> 4, %ax
    mov %ax, %es
    xor %bl, %bl
    call read_sector
    mov $1, %bl
    call read_sector

    // The second sector follows the first.
    mov $WORDS, %cx
    mov $(2 * WORDS), %si
    xor %eax, %eax
    xor %ebx, %ebx
sum:
    mov %es:(%si), %ax
    add %eax, %ebx
    add $2, %si
    loop sum
    mov %ebx, %eax
    call print_hex
    call print_newline

    mov $(2 * WORDS), %cx
    xor %di, %di
    xor %ax, %ax
    rep stosw
    exit_with 0

no_disk:
    mov $AT(nothing), %si
    call print
    exit_with 0

// Reads sector BL to ES:BL * 512. Changes AX, CX, DX and DI.
read_sector:
    movzbw %bl, %di
    shl $9, %di
    mov $DRIVE_SECTOR_COUNT, %dx
    mov $1, %al
    out %al, (%dx)
    mov $DRIVE_SECTOR, %dx
    mov %bl, %al
    out %al, (%dx)
    xor %al, %al
    mov $DRIVE_CYLINDER_LOW, %dx
    out %al, (%dx)
    mov $DRIVE_CYLINDER_HIGH, %dx
    out %al, (%dx)
    mov $DRIVE_COMMAND, %dx
    mov $READ_SECTORS, %al
    out %al, (%dx)
busy:
    in (%dx), %al
    test $DRIVE_BUSY, %al
    jnz busy
    test $DRIVE_REQUEST, %al
    jz busy
    mov $WORDS, %cx
    mov $DRIVE_DATA, %dx
    rep insw
    ret

console_routines

nothing:
    .asciz "no disk\n"

end_guest disk_read
