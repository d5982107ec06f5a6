#!/usr/bin/env bash
# What recording costs a guest that computes, against the same guest run without recording: in pairs, each other pair in
# the other order, so that whatever else the machine does falls on both alike. Two guests of five seconds or so:
#
#   - ring 3 computing under a 250 Hz timer                            bound 1.05
#   - 32 MiB of memory changed every 100 ms, a keyframe every 100 ms   bound 1.25
#
# Prints each round, then the median of the rounds' ratios. Ends with status 1 if one is above its bound.
#
#     Benchmarks/overhead.sh [ROUNDS]        5 unless told
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

rounds=${1:-5}

release rr-vm
rr_vm=$binaries/rr-vm
compiler=$(command -v clang || command -v cc)

# Assembles a guest of this package with other numbers in it, as a flat image.
assemble() {
    local name=$1
    shift
    "$compiler" -c -I Guests "$@" "Guests/$name.S" -o "$work/$name.o"
    objcopy --output-target binary --only-section .rodata "$work/$name.o" "$work/$name.bin"
}

# x = 5x + 1 from 0, this many times, modulo 2^64.
computing_rounds=4000000000
result=$(python3 -c "print('%016x' % ((pow(5, $computing_rounds, 1 << 66) - 1) // 4 % (1 << 64)))")
assemble tick-ring3 "-DROUNDS=$computing_rounds" "-DRESULT_HIGH=0x${result:0:8}" "-DRESULT_LOW=0x${result:8}"
assemble dirty-memory -DROUNDS=50

failures=0

# Compares the runs of one guest. What it prints first must be the same in both.
compare() {
    local name=$1 bound=$2 words=$3
    shift 3
    echo "$name: seconds per run"
    echo "round      run   record"
    for ((round = 1; round <= rounds; round++)); do
        local run record way order=(run record)
        ((round % 2)) || order=(record run)
        for way in "${order[@]}"; do
            if [[ $way == run ]]; then
                seconds 0 "$rr_vm" run --flat "$work/$name.bin"
                run=$elapsed
            else
                rm -f "$work/trace.rrvm"
                seconds 0 "$rr_vm" record --flat "$work/$name.bin" "$@" -o "$work/trace.rrvm"
                record=$elapsed
            fi
            cut --delimiter ' ' --fields "$words" "$work/output" >"$work/$way"
        done
        if ! cmp --quiet "$work/run" "$work/record"; then
            echo "$name: the recorded guest did not print what the other one did" >&2
            exit 1
        fi
        printf '%5d %8s %8s\n' "$round" "$run" "$record"
        ratio "$record" "$run" "$work/$name.ratios"
    done
    summarize "$work/$name.ratios" "record / run:" "$bound" || failures=$((failures + 1))
    echo "trace: $(stat --format=%s "$work/trace.rrvm") bytes"
}

compare tick-ring3 1.05 1-2 --keyframes every=250ms
compare dirty-memory 1.25 1 --keyframes every=100ms
((failures == 0))
