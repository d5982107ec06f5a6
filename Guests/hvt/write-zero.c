// Writes through a null pointer: page 0 is not there, and nobody handles the fault.
#include "support/hvt.h"

MANIFEST()

int unikernel(const boot_information *information) {
    (void)information;
    volatile uint64_t *nowhere;
    __asm__ volatile("xor %0, %0" : "=r"(nowhere));
    put_text("writing to page 0\n");
    *nowhere = 1;
    put_text("it is written\n");
    return 1;
}
