#!/usr/bin/env bash
# What the grace period decides, by which its default was chosen: how many interrupts of a guest with 1000 of them a second come
# between two exits, where a replay has to land and the recording needs a keyframe, and how long the run and its trace become.
# Three guests, which leave the processor more and less often by themselves.
#
#     Benchmarks/grace.sh
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

release rr-vm
rr_vm=$binaries/rr-vm
compiler=$(command -v clang || command -v cc)

# Turns of the loop between two exits.
for pause in 100 1000 10000; do
    "$compiler" -c -I Guests "-DPAUSE=$pause" Benchmarks/polling.S -o "$work/polling.o"
    objcopy --output-target binary --only-section .rodata "$work/polling.o" "$work/polling.bin"
    rm -f "$work/trace.rrvm"
    seconds 0 "$rr_vm" record --flat "$work/polling.bin" --grace 1s -o "$work/trace.rrvm"
    exits=$("$rr_vm" events "$work/trace.rrvm" --kind portRead | wc --lines)
    echo "$pause turns between two exits: $(awk -v s="$elapsed" -v n="$exits" 'BEGIN { printf "%.0f", s / n * 1e6 }') us"
    echo "    grace  interrupts  between exits  seconds     bytes"
    for grace in 50us 100us 200us 500us 1ms 2ms; do
        rm -f "$work/trace.rrvm"
        seconds 0 "$rr_vm" record --flat "$work/polling.bin" --grace "$grace" -o "$work/trace.rrvm"
        interrupts=$("$rr_vm" events "$work/trace.rrvm" --kind interrupt | wc --lines)
        between=$("$rr_vm" events "$work/trace.rrvm" --kind keyframe | grep --count asynchronous || true)
        printf '%9s %11d %14d %8s %9d\n' "$grace" "$interrupts" "$between" "$elapsed" "$(stat --format=%s "$work/trace.rrvm")"
    done
done
