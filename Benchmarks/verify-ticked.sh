#!/usr/bin/env bash
# What it costs to verify recordings of guests that loop in memory under a timer, where a replay has to stop in the loop: processor
# time of the recording and of `verify`, and their ratio. Ends with status 1 if a verification costs more than three times its
# recording, or jumps an epoch. Two of the guests have 200 ticks in 2 s; the last has 10,000 in 8 s.
#
#     Benchmarks/verify-ticked.sh
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

limit=3

release rr-vm write-guests
rr_vm=$binaries/rr-vm
compiler=$(command -v clang || command -v cc)
"$binaries/write-guests" "$work" >/dev/null
for guest in tick-memory-counter tick-nested; do
    sed 's/^#define TICKS .*/#define TICKS 200/; s/start_ticks 1000/start_ticks 100/' "Guests/$guest.S" >"$work/slow-$guest.S"
    "$compiler" -c -I Guests "$work/slow-$guest.S" -o "$work/guest.o"
    objcopy --output-target binary --only-section .rodata "$work/guest.o" "$work/slow-$guest.bin"
done

# Sets `cost` to the seconds of processor time that a command takes. What it prints is in `$work/output` then.
processor_seconds() {
    local TIMEFORMAT='%U %S'
    if ! { time "$@" >"$work/output" 2>"$work/errors"; } 2>"$work/times"; then
        cat "$work/errors" >&2
        exit 1
    fi
    cost=$(awk '{ print $1 + $2 }' "$work/times")
}

failures=0
printf '%-24s %10s %10s %10s %8s %10s\n' guest interrupts record verify ratio 'in software'
for guest in slow-tick-memory-counter slow-tick-nested tick-memory-counter tick-nested tick-nmi tick-rep-string \
    tick-self-modifying two-timers; do
    processor_seconds "$rr_vm" record --flat "$work/$guest.bin" -o "$work/$guest.rrvm"
    recorded=$cost
    processor_seconds "$rr_vm" verify --jobs 1 "$work/$guest.rrvm"
    interrupts=$("$rr_vm" events "$work/$guest.rrvm" --kind interrupt | wc --lines)
    landed=$(sed -nE 's/.*; ([0-9,]+) of its epochs.*/\1/p' "$work/output")
    ratio=$(awk -v a="$cost" -v b="$recorded" 'BEGIN { printf "%.2f", a / b }')
    printf '%-24s %10s %9ss %9ss %8s %10s\n' "$guest" "$interrupts" "$recorded" "$cost" "$ratio" "${landed:-0}"
    grep --quiet '^epochs jumped  *0$' "$work/output" || failures=$((failures + 1))
    awk -v ratio="$ratio" -v limit=$limit 'BEGIN { exit ratio > limit }' || failures=$((failures + 1))
done
((failures == 0))
