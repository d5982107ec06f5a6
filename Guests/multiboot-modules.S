// multiboot-modules: a program with a Multiboot 1 header that prints its arguments, and a module's arguments and content.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define HEADER_MAGIC 0x1badb002
#define HEADER_FLAGS 0x03
#define COMMAND_LINE 16
#define MODULE_COUNT 20
#define MODULES 24
#define MODULE_START 0
#define MODULE_END 4
#define MODULE_LINE 8

begin_guest multiboot_modules
    elf32_header start
    elf_headers_end
    .balign 4
    .long HEADER_MAGIC, HEADER_FLAGS, -(HEADER_MAGIC + HEADER_FLAGS)

    .code32
start:
    mov $STACK_TOP, %esp
    mov %ebx, %ebp
    mov COMMAND_LINE(%ebp), %esi
    call print_arguments
    cmpl $1, MODULE_COUNT(%ebp)
    must_be_equal
    mov MODULES(%ebp), %ebp
    mov MODULE_LINE(%ebp), %esi
    call print_arguments

    mov MODULE_START(%ebp), %esi
next_byte:
    cmp MODULE_END(%ebp), %esi
    je done
    lodsb
    call print_character
    jmp next_byte
done:
    exit_with 0

// Prints what follows the name in the line at ESI.
print_arguments:
    lodsb
    test %al, %al
    jz no_arguments
    cmp $' ', %al
    jne print_arguments
    call print
no_arguments:
    jmp print_newline

console_routines

end_program
end_guest multiboot_modules
