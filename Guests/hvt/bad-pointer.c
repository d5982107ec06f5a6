// Shows text that goes past the end of memory.
#include "support/hvt.h"

MANIFEST()

int unikernel(const boot_information *information) {
    put_bytes((const char *)(information->memory_size - 4), 8);
    put_text("it is shown\n");
    return 1;
}
