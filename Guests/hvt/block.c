// Reads a device of 4 MiB block by block, writes each anew, and reads it again to see that it is what was written.
#include "support/hvt.h"

MANIFEST(BLOCK("storage"))

enum { DEVICE = 1, BLOCK_SIZE = 4096, BLOCK_COUNT = 1024, WORDS = BLOCK_SIZE / 8 };

static uint64_t written[WORDS], read[WORDS];

/// Whether two blocks are the same.
static bool is_equal(const uint64_t *first, const uint64_t *second) {
    uint64_t left = WORDS;
    bool equal;
    __asm__ volatile("repe cmpsq" : "+S"(first), "+D"(second), "+c"(left), "=@cce"(equal) : : "memory");
    return equal;
}

int unikernel(const boot_information *information) {
    (void)information;
    uint64_t sum = 0;
    for (uint64_t block = 0; block < BLOCK_COUNT; block++) {
        uint64_t offset = block * BLOCK_SIZE;
        if (block_read(DEVICE, offset, read, BLOCK_SIZE) != DONE) return 1;
        sum = sum * 31 + read[0] + read[WORDS - 1];
        written[block % WORDS] = sum;
        if (block_write(DEVICE, offset, written, BLOCK_SIZE) != DONE) return 2;
        if (block_read(DEVICE, offset, read, BLOCK_SIZE) != DONE) return 3;
        if (!is_equal(written, read)) return 4;
    }
    if (block_read(DEVICE, BLOCK_COUNT * BLOCK_SIZE, read, BLOCK_SIZE) != INVALID) return 5;
    if (block_write(DEVICE, 1, written, BLOCK_SIZE) != INVALID) return 6;
    if (block_read(DEVICE + 1, 0, read, BLOCK_SIZE) != INVALID) return 7;
    put_text("1024 blocks: "), put_hexadecimal(sum), put_text("\n");
    return 0;
}
