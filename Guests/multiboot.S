// multiboot: a program with a Multiboot 1 header. Reads what the loader tells it: the memory, its map, and that there
// are no modules. Checks that its own memory is in the map and its zeros are zero.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define HEADER_MAGIC 0x1badb002
#define HEADER_FLAGS 0x03
#define BOOT_MAGIC 0x2badb002

begin_guest multiboot
    elf32_header start
    elf_headers_end
    .balign 4
    .long HEADER_MAGIC, HEADER_FLAGS, -(HEADER_MAGIC + HEADER_FLAGS)

    .code32
start:
    mov $STACK_TOP, %esp
    cmp $BOOT_MAGIC, %eax
    must_be_equal
    mov %ebx, %ebp

    // Memory, command line, modules, map, loader name.
    mov (%ebp), %eax
    and $0x24d, %eax
    cmp $0x24d, %eax
    must_be_equal
    // 639 KiB of lower memory; no modules.
    cmpl $639, 4(%ebp)
    must_be_equal
    cmpl $0, 20(%ebp)
    must_be_equal
    // The information lies neither in this program nor in the first 64 KiB.
    cmp $0x10000, %ebp
    sbb %eax, %eax
    test %eax, %eax
    must_be_equal

    // An entry of the map begins at 1 MiB and is usable.
    mov 48(%ebp), %esi
    mov %esi, %edi
    add 44(%ebp), %edi
next_entry:
    cmp %edi, %esi
    je not_in_map
    cmpl $LOAD_ADDRESS, 4(%esi)
    je found
    add (%esi), %esi
    add $4, %esi
    jmp next_entry
found:
    cmpl $1, 20(%esi)
    must_be_equal

    // What follows the file in memory is zero.
    cmpl $0, LOAD_ADDRESS + 0x80000
    must_be_equal

    mov $AT(text), %esi
    call print
    exit_with 0
not_in_map:
    exit_with 2

console_routines

text:
    .asciz "multiboot: memory, map, no modules\n"

end_program
end_guest multiboot
