// Prints the date and the time since it started, several times, and finds that neither goes backwards.
#include "support/hvt.h"

MANIFEST()

int unikernel(const boot_information *information) {
    uint64_t wall = 0, monotonic = 0;
    for (int round = 0; round < 5; round++) {
        uint64_t now = wall_time();
        uint64_t ticks = counter();
        uint64_t seconds = ticks / information->counter_frequency;
        put_number(now), put_text(" "), put_number(seconds), put_text(" "), put_number(ticks), put_text("\n");
        if (now < wall || ticks < monotonic) return 1;
        wall = now, monotonic = ticks;
    }
    return 0;
}
