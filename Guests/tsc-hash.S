// tsc-hash: reads the time-stamp counter 20,000 times, without asking CPUID whether it may. A reading causes no exit by
// itself, so only a recorder that traps the instruction can replay it. Prints a hash of all readings; exits with code
// 0.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"

#define READINGS 20000

begin_guest tsc_hash
    start_real_mode
    mov $READINGS, %cx

reading:
    rdtsc
    mov %edx, %ebx
    fold %eax
    fold %ebx
    dec %cx
    jnz reading

    load_hash
    call print_hex
    call print_newline
    exit_with 0

console_routines
hash_storage

end_guest tsc_hash
