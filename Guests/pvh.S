// pvh: an ELF file with the note that gives PVH loaders the kernel's entry. Checks the magic of the start information,
// and that the memory map contains the guest.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define NOTE_PHYS32_ENTRY 18
#define START_MAGIC 0x336ec578

begin_guest pvh
    elf32_header start
    .long ELF_NOTE, note - image, AT(note), AT(note), note_end - note, note_end - note, 4, 4
    elf_headers_end
note:
    .long 4, 4, NOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long AT(start)
note_end:

    .code32
start:
    mov $STACK_TOP, %esp
    mov %ebx, %ebp
    cmpl $START_MAGIC, (%ebp)
    must_be_equal
    // Version 1, which has a memory map; no modules.
    cmpl $1, 4(%ebp)
    must_be_equal
    cmpl $0, 12(%ebp)
    must_be_equal

    mov 40(%ebp), %esi
    mov 48(%ebp), %ecx
next_entry:
    cmpl $LOAD_ADDRESS, (%esi)
    je found
    add $24, %esi
    dec %ecx
    jnz next_entry
    exit_with 2
found:
    cmpl $1, 16(%esi)
    must_be_equal
    mov $AT(text), %esi
    call print
    exit_with 0

console_routines

text:
    .asciz "pvh: start information, memory map\n"

end_program
end_guest pvh
