// Waits for packets that do not come: each time as long as it said, by its own clock.
#include "support/hvt.h"

MANIFEST(NETWORK("wire"))

int unikernel(const boot_information *information) {
    enum { NANOSECONDS = 10000000 };
    for (int round = 0; round < 4; round++) {
        uint64_t ready = 1, start = counter();
        int count = poll(NANOSECONDS, &ready);
        if (count != 0 || ready != 0) return 1;
        uint64_t nanoseconds = (counter() - start) / (information->counter_frequency / 1000000) * 1000;
        if (nanoseconds < NANOSECONDS) return 2;
    }
    uint64_t ready = 1;
    if (poll(0, &ready) != 0 || ready != 0) return 3;
    put_text("4 times nothing\n");
    return 0;
}
