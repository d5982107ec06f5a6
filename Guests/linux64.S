// linux64: an ELF file entered by Linux's 64-bit boot protocol. Checks the signatures in the zero page, that the memory
// map contains the guest, and the selectors that the protocol prescribes.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define SETUP_BOOT_FLAG 0x1fe
#define SETUP_MAGIC 0x202
#define SETUP_LOADER 0x210
#define E820_COUNT 0x1e8
#define E820_TABLE 0x2d0
#define E820_ENTRY 20

begin_guest linux64
    elf64_header start
    elf_headers_end

    .code64
start:
    mov $STACK_TOP, %esp
    mov %rsi, %rbp
    cmpw $0xaa55, SETUP_BOOT_FLAG(%rbp)
    must_be_equal
    cmpl $0x53726448, SETUP_MAGIC(%rbp)
    must_be_equal
    cmpb $0xff, SETUP_LOADER(%rbp)
    must_be_equal

    // An entry of the map begins at 1 MiB and is usable.
    movzbl E820_COUNT(%rbp), %ecx
    lea E820_TABLE(%rbp), %rsi
next_entry:
    cmpq $LOAD_ADDRESS, (%rsi)
    je found
    add $E820_ENTRY, %rsi
    dec %ecx
    jnz next_entry
    exit_with 2
found:
    cmpl $1, 16(%rsi)
    must_be_equal

    // The selectors that the protocol prescribes.
    mov %cs, %eax
    cmp $0x10, %eax
    must_be_equal
    mov %ds, %eax
    cmp $0x18, %eax
    must_be_equal
    // The descriptors are there too: reload one.
    mov %eax, %es

    mov $AT(text), %esi
    call print
    exit_with 0

console_routines

text:
    .asciz "linux: zero page, memory map\n"

end_program
end_guest linux64
