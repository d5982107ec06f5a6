// Exits with a status other than 0.
#include "support/hvt.h"

MANIFEST()

int unikernel(const boot_information *information) {
    (void)information;
    return 42;
}
