// Aborts, leaving a cookie with the registers of a fault: CR2, error code, RIP, CS, RFLAGS, RSP, SS.
#include "support/hvt.h"

MANIFEST()

static struct {
    uint64_t cr2, error, rip, cs, rflags, rsp, ss;
    uint8_t rest[512 - 56];
} cookie = {.cr2 = 0xDEAD0, .rip = 0x1234567, .cs = 8, .rflags = 2, .rsp = 0x7654321, .ss = 16};

int unikernel(const boot_information *information) {
    (void)information;
    put_text("aborting\n");
    halt(ABORTED, &cookie);
}
