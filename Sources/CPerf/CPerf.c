#define _GNU_SOURCE
#include "CPerf.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

int cperf_open_guest_branches(void) {
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_HW_BRANCH_INSTRUCTIONS,
        .exclude_host = 1,
    };
    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}
