// Shared by guests whose files say how they are booted: the ELF headers at the front, and the first lines of their
// code. Included after image.h; LOAD_ADDRESS is that of the whole file, including the headers.
#pragma once

#undef LOAD_ADDRESS
#undef STACK_TOP
#define LOAD_ADDRESS 0x100000
#define STACK_TOP 0x180000

#include "image.h"

#define ELF_EXECUTABLE 2
#define ELF_MACHINE_386 3
#define ELF_MACHINE_X86_64 62
#define ELF_LOAD 1
#define ELF_NOTE 4
#define ELF_READ_WRITE_EXECUTE 7

// Memory that the program has with its file, zero behind that at the start. A guest may ask for more.
#ifndef PROGRAM_MEMORY
#define PROGRAM_MEMORY 0x100000
#endif

// A 32-bit ELF header and one segment: the whole file at LOAD_ADDRESS. Entered at `entry`.
.macro elf32_header entry
    .byte 0x7f, 'E', 'L', 'F', 1, 1, 1, 0
    .quad 0
    .word ELF_EXECUTABLE, ELF_MACHINE_386
    .long 1, AT(\entry)
    .long elf_segments - image, 0, 0
    .word 52, 32, (elf_segments_end - elf_segments) / 32, 40, 0, 0
elf_segments:
    .long ELF_LOAD, 0, LOAD_ADDRESS, LOAD_ADDRESS, program_end - image, PROGRAM_MEMORY, ELF_READ_WRITE_EXECUTE, 4096
.endm

// A 64-bit ELF header and one segment: the whole file at LOAD_ADDRESS. Entered at `entry`.
.macro elf64_header entry
    .byte 0x7f, 'E', 'L', 'F', 2, 1, 1, 0
    .quad 0
    .word ELF_EXECUTABLE, ELF_MACHINE_X86_64
    .long 1
    .quad AT(\entry), elf_segments - image, 0
    .long 0
    .word 64, 56, (elf_segments_end - elf_segments) / 56, 64, 0, 0
elf_segments:
    .long ELF_LOAD, ELF_READ_WRITE_EXECUTE
    .quad 0, LOAD_ADDRESS, LOAD_ADDRESS, program_end - image, PROGRAM_MEMORY, 4096
.endm

// Ends the headers; more segments may come before.
.macro elf_headers_end
elf_segments_end:
.endm

// Ends the program, before end_guest.
.macro end_program
program_end:
.endm
