// mmio: reads and writes physical addresses that nothing claims, in every size, aligned and not. Writes have no effect
// and reads return ones. Prints a hash of the values read; exits with code 0.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"
#include "support/protected-mode.h"

// Above all memory and below the firmware and the APICs.
#define NOBODY 0xd0000000

begin_guest mmio
    start_real_mode
    enter_protected_mode flat

flat:
    start_protected_mode
    mov $NOBODY, %edi

    // One, two and four bytes, and four that cross a page boundary.
    movb $0x12, (%edi)
    movw $0x3456, 2(%edi)
    movl $0x789abcde, 4(%edi)
    movl $0x0badcafe, 0xffe(%edi)

    // The same places read, each widened with zeros.
    movzbl (%edi), %eax
    fold %eax
    movzwl 2(%edi), %eax
    fold %eax
    movl 4(%edi), %eax
    fold %eax
    movl 0xffe(%edi), %eax
    fold %eax

    // Read, modified and written in one instruction.
    addl $1, 8(%edi)
    sbb %eax, %eax
    fold %eax

    // A string from there into memory, and the last word of it.
    mov %edi, %esi
    mov $SCRATCH, %edi
    mov $16, %ecx
    rep movsl
    movl SCRATCH + 60, %eax
    fold %eax

    load_hash
    call print_hex
    call print_newline
    exit_with 0

console_routines
hash_storage
flat_descriptors
descriptors_end

end_guest mmio
