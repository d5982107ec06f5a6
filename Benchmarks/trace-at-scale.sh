#!/usr/bin/env bash
# A trace of 100 million events: what writing it takes, how long it takes to open and to go to any event, and how much
# memory the writer and the reader need. Fails where a limit is passed.
#
#     Benchmarks/trace-at-scale.sh [EVENTS]
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

events=${1:-100000000}
seeks=1000

release trace-at-scale
program=$binaries/trace-at-scale

echo "trace of $events events; $seeks places to go to"
"$program" write "$work/long.rrvm" "$events" | tee "$work/figures"
"$program" read "$work/long.rrvm" "$seeks" | tee --append "$work/figures"

# Each figure that has a limit, and the limit.
awk '
    BEGIN {
        limit["open-ms"] = 50
        limit["seek-greatest-ms"] = 20
        limit["write-memory-mib"] = 200
        limit["read-memory-mib"] = 200
    }
    $1 in limit {
        seen++
        if ($2 >= limit[$1]) { print $1 " is " $2 ", and must be below " limit[$1]; failed = 1 }
    }
    END {
        if (seen != 4) { print "only " seen + 0 " of 4 figures came"; failed = 1 }
        if (!failed) print "all within their limits"
        exit failed
    }' "$work/figures"
