#!/usr/bin/env bash
# What `verify --jobs 2` gains over one job, in turns, so that whatever else the machine does falls on both alike. Prints each
# round, then median, least and greatest of the rounds' ratios.
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

echo "port-storm with a keyframe every 10,000 events, $(nproc) processors; seconds per verification"
echo "round    1 job   2 jobs    ratio"
for ((round = 1; round <= rounds; round++)); do
    seconds 1
    one=$elapsed
    seconds 2
    ratio=$(awk -v one="$one" -v two="$elapsed" 'BEGIN { printf "%.2f", one / two }')
    printf '%5d %8s %8s %8s\n' "$round" "$one" "$elapsed" "$ratio"
    echo "$ratio" >>"$work/ratios"
done
sort --numeric-sort "$work/ratios" | awk '
    { value[NR] = $1 }
    END { printf "1 job / 2 jobs: median %s, least %s, greatest %s\n", value[int((NR + 1) / 2)], value[1], value[NR] }'
