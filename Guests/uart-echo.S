// uart-echo: reads a line from COM1 by polling and prints it back. Exits with code 0.
#include "support/console.h"
#include "support/image.h"

begin_guest uart_echo
    start_real_mode
    mov $AT(prompt), %si
    call print
    mov $SCRATCH >> 4, %ax
    mov %ax, %es
    xor %di, %di

    // Collect bytes up to the end of the line. After 64 KiB without one, begin again at the segment's start.
wait:
    mov $COM1_LINE_STATUS, %dx
    in (%dx), %al
    test $LINE_DATA_READY, %al
    jz wait
    mov $COM1_DATA, %dx
    in (%dx), %al
    stosb
    cmp $'\n', %al
    jne wait

    // Print it back.
    movb $0, %es:(%di)
    mov $SCRATCH >> 4, %ax
    mov %ax, %ds
    xor %si, %si
    call print
    exit_with 0

console_routines

prompt:
    .asciz "> "

end_guest uart_echo
