#!/usr/bin/env bash
# What `verify --jobs 2` gains over one job, in turns, so that whatever else the machine does falls on both alike, and beside
# it what two processes gain over one that do nothing but compute: more can not be had from the machine. Prints each round,
# then median, least and greatest of the rounds' ratios.
#
#     Benchmarks/verify-jobs.sh [ROUNDS]        5 unless told
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-5}
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

for product in rr-vm write-guests; do
    swift build --configuration release --product "$product" --quiet
done
binaries=$(swift build --configuration release --show-bin-path)
"$binaries/write-guests" "$work" >/dev/null
trace=$work/storm.rrvm
"$binaries/rr-vm" record --flat "$work/port-storm.bin" --keyframes events=10000 -o "$trace" >/dev/null 2>&1

# Sets `elapsed` to the seconds that a verification takes with this many jobs, by its own clock: opening and checking the
# file, which is done once, is not in it.
seconds() {
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

# Median, least and greatest of the numbers in a file.
summarize() {
    sort --numeric-sort "$1" | awk -v what="$2" '
        { value[NR] = $1 }
        END { printf "%-28s median %s, least %s, greatest %s\n", what, value[int((NR + 1) / 2)], value[1], value[NR] }'
}

echo "port-storm with a keyframe every 10,000 events, $(nproc) processors; seconds per verification"
echo "round    1 job   2 jobs    ratio  computing"
for ((round = 1; round <= rounds; round++)); do
    seconds 1
    one=$elapsed
    seconds 2
    ratio=$(awk -v one="$one" -v two="$elapsed" 'BEGIN { printf "%.2f", one / two }')
    compute_gain
    printf '%5d %8s %8s %8s %10s\n' "$round" "$one" "$elapsed" "$ratio" "$gain"
    echo "$ratio" >>"$work/ratios"
    echo "$gain" >>"$work/gains"
done
summarize "$work/ratios" "1 job / 2 jobs:"
summarize "$work/gains" "computing, 2 processes / 1:"
