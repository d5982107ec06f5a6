// bzimage: a Linux kernel's file as far as a loader reads it: a boot sector with the setup header, followed by a kernel
// that is entered 0x200 bytes after its first. Prints its command line and its initial RAM disk.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

// The kernel goes to 1 MiB; the image is the whole file.
#undef LOAD_ADDRESS
#define LOAD_ADDRESS (0x100000 - KERNEL_OFFSET)
#define KERNEL_OFFSET 1024
#define ENTRY_64 0x200
#define MEMORY_NEEDED 0x100000

#define SETUP_HEADER 0x1f1
#define SETUP_SECTORS 1
#define PROTOCOL_2_12 0x020c
#define LOADED_HIGH 0x01
#define HAS_64_BIT_ENTRY 0x01
#define LARGEST_COMMAND_LINE 255

// Fields of the zero page.
#define RAM_DISK 0x218
#define RAM_DISK_BYTES 0x21c
#define COMMAND_LINE 0x228

begin_guest bzimage
    .fill SETUP_HEADER, 1, 0
    .byte SETUP_SECTORS
    .word 0
    .long (kernel_end - kernel + 15) / 16
    .word 0, 0, 0
    .word 0xaa55
    // The header's length, as a short jump over it.
    .byte 0xeb, setup_header_end - setup_magic
setup_magic:
    .ascii "HdrS"
    .word PROTOCOL_2_12
    .long 0
    .word 0, 0
    .byte 0, LOADED_HIGH
    .word 0
    // Where a loader of 32-bit kernels enters, and the RAM disk that it adds.
    .long AT(kernel), 0, 0, 0
    .word 0
    .byte 0, 0
    .long 0
    .long 0x7fffffff
    // Alignment; not relocatable.
    .long 0x1000
    .byte 0, 12
    .word HAS_64_BIT_ENTRY
    .long LARGEST_COMMAND_LINE
    .long 0
    .quad 0
    .long 0, 0
    .quad 0
    .quad AT(kernel)
    .long MEMORY_NEEDED, 0
setup_header_end:

    .fill KERNEL_OFFSET - (. - image), 1, 0
kernel:
    .fill ENTRY_64, 1, 0
    .code64
    mov $STACK_TOP, %esp
    mov %rsi, %rbp
    mov COMMAND_LINE(%rbp), %esi
    call print
    call print_newline
    mov RAM_DISK(%rbp), %esi
    mov RAM_DISK_BYTES(%rbp), %ebx
next_byte:
    test %ebx, %ebx
    jz done
    lodsb
    call print_character
    dec %ebx
    jmp next_byte
done:
    exit_with 0

console_routines

kernel_end:
end_guest bzimage
