// every-register: reads every port below 0x1000, and every register of the local and the I/O APIC, in every size,
// whatever the answers: the recording must be readable in any case.
#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define PORT_COUNT 0x1000
#define VGA_MEMORY 0xa0000
#define VGA_MEMORY_END 0xc0000
#define IO_APIC 0xfec00000
#define IO_APIC_END 0xfec00020
#define LOCAL_APIC 0xfee00000
#define LOCAL_APIC_END 0xfee01000

// Reads memory from one address to another, in steps.
.macro read_memory from, to, step
    mov $\from, %esi
.Lread\@:
    mov (%rsi), %al
    mov (%rsi), %ax
    mov (%rsi), %eax
    mov (%rsi), %rax
    add $\step, %rsi
    mov $\to, %eax
    cmp %rax, %rsi
    jb .Lread\@
.endm

begin_guest every_register
    .code64
    xor %edx, %edx
read_ports:
    in %dx, %al
    in %dx, %ax
    in %dx, %eax
    inc %edx
    cmp $PORT_COUNT, %edx
    jb read_ports

    read_memory VGA_MEMORY, VGA_MEMORY_END, 0x1000
    read_memory IO_APIC, IO_APIC_END, 4
    read_memory LOCAL_APIC, LOCAL_APIC_END, 4
    // Accesses that cross the ends of registers and of pages.
    read_memory LOCAL_APIC + 0x1d, LOCAL_APIC + 0x26, 1
    read_memory LOCAL_APIC_END - 7, LOCAL_APIC_END, 1

    mov $AT(text), %esi
    call print
    exit_with 0

console_routines

text:
    .asciz "ports, memory: read in every size\n"

end_guest every_register
