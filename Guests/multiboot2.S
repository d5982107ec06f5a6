// multiboot2: a program with a Multiboot 2 header that asks for information. Prints the kinds of all tags that the loader
// gives it.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define HEADER_MAGIC 0xe85250d6
#define BOOT_MAGIC 0x36d76289

begin_guest multiboot2
    elf32_header start
    elf_headers_end
    .balign 8
header:
    .long HEADER_MAGIC, 0, header_end - header, -(HEADER_MAGIC + (header_end - header))
    // Asks for the command line, basic memory information and the memory map.
    .word 1, 0
    .long 20, 1, 4, 6
    .balign 8
    .word 0, 0
    .long 8
header_end:

    .code32
start:
    mov $STACK_TOP, %esp
    cmp $BOOT_MAGIC, %eax
    must_be_equal
    mov %ebx, %ebp
    mov $AT(text), %esi
    call print

    // The first tag follows the size and a reserved word; each of the next is at a multiple of 8.
    lea 8(%ebp), %edi
next_tag:
    mov $' ', %al
    call print_character
    mov (%edi), %eax
    call print_hex_byte
    cmpl $0, (%edi)
    je last_tag
    add 4(%edi), %edi
    add $7, %edi
    and $-8, %edi
    jmp next_tag
last_tag:
    // The last tag ends where the information's size says.
    add $8, %edi
    sub %ebp, %edi
    cmp (%ebp), %edi
    must_be_equal
    call print_newline
    exit_with 0

console_routines

text:
    .asciz "multiboot 2: tags"

end_program
end_guest multiboot2
