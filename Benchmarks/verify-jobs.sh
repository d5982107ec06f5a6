#!/usr/bin/env bash
# What `verify --jobs 2` gains over one job, in turns, so that whatever else the machine does falls on both alike, and beside
# it what two processes gain over one that do nothing but compute: more cannot be had from the machine. Prints each round,
# then median, least and greatest of the rounds' ratios.
#
#     Benchmarks/verify-jobs.sh [ROUNDS]        5 unless told
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

rounds=${1:-5}

release rr-vm write-guests
"$binaries/write-guests" "$work" >/dev/null
trace=$work/storm.rrvm
"$binaries/rr-vm" record --flat "$work/port-storm.bin" --keyframes events=10000 -o "$trace" >/dev/null 2>&1

# Sets `elapsed` to the seconds that a verification takes with this many jobs, by its own clock: opening and checking the
# file, which is done once, is not in it.
verification() {
    elapsed=$("$binaries/rr-vm" verify "$trace" --jobs "$1" | sed -nE 's/^1 replay of .* in ([0-9.]+) s$/\1/p')
    [[ -n $elapsed ]] || { echo "verify --jobs $1 did not say how long it took" >&2; exit 1; }
}

# Computes for a second or so.
compute() {
    awk 'BEGIN { for (i = 0; i < 10000000; i++) sum += i }'
}

# Sets `gain` to how much more is computed by two processes at once than by one.
compute_gain() {
    local begin middle end other
    begin=$EPOCHREALTIME
    compute
    middle=$EPOCHREALTIME
    compute &
    other=$!
    compute
    wait "$other"
    end=$EPOCHREALTIME
    gain=$(awk -v a="$begin" -v b="$middle" -v c="$end" 'BEGIN { printf "%.2f", 2 * (b - a) / (c - b) }')
}

echo "port-storm with a keyframe every 10,000 events, $(nproc) processors; seconds per verification"
echo "round    1 job   2 jobs  computing"
for ((round = 1; round <= rounds; round++)); do
    verification 1
    one=$elapsed
    verification 2
    two=$elapsed
    compute_gain
    printf '%5d %8s %8s %10s\n' "$round" "$one" "$two" "$gain"
    ratio "$one" "$two" "$work/ratios"
    echo "$gain" >>"$work/gains"
done
summarize "$work/ratios" "1 job / 2 jobs:"
summarize "$work/gains" "computing, 2 processes / 1:"
