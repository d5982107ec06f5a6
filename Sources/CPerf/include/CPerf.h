// The C side of performance counters: perf_event_open(2) has no wrapper in the C library. No logic.
#pragma once

#pragma clang assume_nonnull begin

/// perf_event_open(2): counts the branches that the calling thread retires while it is inside a guest, from now on.
/// Close-on-exec; read it for a 64-bit count. -1 and errno on failure.
int cperf_open_guest_branches(void);

#pragma clang assume_nonnull end
