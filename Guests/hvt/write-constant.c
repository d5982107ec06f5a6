// Writes to a constant, which it cannot.
#include "support/hvt.h"

MANIFEST()

static const volatile uint64_t constant = 1;

int unikernel(const boot_information *information) {
    (void)information;
    put_text("writing to a constant\n");
    *(volatile uint64_t *)&constant = 2;
    put_text("it is written\n");
    return 1;
}
