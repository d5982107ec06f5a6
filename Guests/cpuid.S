// cpuid: prints what CPUID answers, leaf by leaf: which processor the guest really sees. Exits with code 0.
#include "support/console.h"
#include "support/image.h"

begin_guest cpuid
    start_real_mode
    mov $AT(leaves), %si

next_leaf:
    // The leaf, then EAX, EBX, ECX and EDX of its subleaf 0.
    lodsl
    push %si
    mov %eax, %esi
    call print_hex
    mov %esi, %eax
    xor %ecx, %ecx
    cpuid
    push %edx
    push %ecx
    push %ebx
    push %eax
    mov $4, %di
next_register:
    mov $' ', %al
    call print_character
    pop %eax
    call print_hex
    dec %di
    jnz next_register
    call print_newline

    pop %si
    cmp $AT(leaves_end), %si
    jne next_leaf
    exit_with 0

console_routines

leaves:
    .long 0x00000000, 0x00000001, 0x00000007, 0x0000000d, 0x40000000, 0x80000000, 0x80000001, 0x80000007
leaves_end:

end_guest cpuid
