// reboot-multiboot: a program with a Multiboot 1 header that resets the machine once. It is loaded and entered again: its data
// is as in its file, its zeros are zero, the loader's magic number is in EAX, and interrupts are off.
#include "support/cmos.h"
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define HEADER_MAGIC 0x1badb002
#define HEADER_FLAGS 0x03
#define BOOT_MAGIC 0x2badb002

#define CMOS_STARTS 0x50
#define RESET_CONTROL 0xcf9
#define HARD_RESET 0x06
// After the file, but within the program.
#define ZEROS (LOAD_ADDRESS + 0x90000)
// Memory that does not belong to the program.
#define BEYOND (LOAD_ADDRESS + PROGRAM_MEMORY + 0x100000)

begin_guest reboot_multiboot
    elf32_header start
    elf_headers_end
    .balign 4
    .long HEADER_MAGIC, HEADER_FLAGS, -(HEADER_MAGIC + HEADER_FLAGS)

    .code32
start:
    mov $STACK_TOP, %esp
    cmp $BOOT_MAGIC, %eax
    must_be_equal
    // Memory, command line, modules, map, loader name.
    mov (%ebx), %eax
    and $0x24d, %eax
    cmp $0x24d, %eax
    must_be_equal
    cmpl $0, ZEROS
    must_be_equal
    cmpl $0, AT(spoilt)
    must_be_equal
    cmos_read CMOS_STARTS
    test %al, %al
    jnz again

    movl $1, ZEROS
    movl $1, AT(spoilt)
    movl $1, (%ebx)
    movl $1, BEYOND
    cmos_write CMOS_STARTS, 1
    mov $AT(first), %esi
    call print
    mov $RESET_CONTROL, %dx
    mov $HARD_RESET, %al
    out %al, (%dx)
    exit_with 3

again:
    cmpl $1, BEYOND
    must_be_equal
    mov $AT(second), %esi
    call print
    exit_with 0

console_routines

    .balign 4
spoilt:
    .long 0
first:
    .asciz "loaded\n"
second:
    .asciz "loaded again\n"

end_program
end_guest reboot_multiboot
