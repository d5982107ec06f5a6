// port-storm: 250,000 port accesses, half of them reads whose values matter, as fast as the guest can make them. The
// run time shows the cost of an exit. Prints a hash of all values read; exits with code 0.
#include "support/console.h"
#include "support/hash.h"
#include "support/image.h"

// Four accesses a round.
#define ROUNDS 62500

begin_guest port_storm
    start_real_mode
    mov $ROUNDS, %ecx

round:
    // Two writes: the POST port, and the UART's scratch register, which keeps what it is given.
    mov %cl, %al
    out %al, $POST_PORT
    mov $COM1_SCRATCH, %dx
    out %al, (%dx)

    // Two reads: the scratch register gives back this round's byte, the line status says that the transmitter is idle.
    in (%dx), %al
    movzbl %al, %ebx
    mov $COM1_LINE_STATUS, %dx
    in (%dx), %al
    mov %al, %bh

    fold %ebx
    dec %ecx
    jnz round

    // The sum of it all.
    load_hash
    call print_hex
    call print_newline
    exit_with 0

console_routines
hash_storage

end_guest port_storm
