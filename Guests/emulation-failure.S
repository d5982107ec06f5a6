// emulation-failure: executes, in real mode, instructions that some hosts' emulators lack. Such a host ends the run at
// the first of them; every other host prints the results and exits with code 0.
#include "support/console.h"
#include "support/image.h"

begin_guest emulation_failure
    start_real_mode
    mov $AT(before), %si
    call print

    // The number of ones in 0xf00d0000 is 7.
    mov $0xf00d0000, %ebx
    popcnt %ebx, %eax
    call print_hex
    call print_newline

    // 1.0 + 1.0, as an integer.
    fninit
    fld1
    fld1
    faddp
    fistps AT(sum)
    movzwl AT(sum), %eax
    call print_hex
    call print_newline
    exit_with 0

console_routines

before:
    .asciz "about to count\n"
sum:
    .word 0

end_guest emulation_failure
