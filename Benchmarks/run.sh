#!/usr/bin/env bash
# What recording costs: the same guest under a bare KVM_RUN loop, under rr-vm without recording, and recorded, in turns,
# so that whatever else the machine does falls on all three alike. Prints each round, then median, least and greatest of
# the rounds' ratios to the bare loop. Ends with 1 if the median of what a recording costs is above the limit: one round
# that something else disturbed decides nothing.
#
#     Benchmarks/run.sh [ROUNDS]        7 unless told
set -euo pipefail
cd "$(dirname "$0")/.."

limit=1.10
rounds=${1:-7}
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

for product in rr-vm write-guests; do
    swift build --configuration release --product "$product" --quiet
done
binaries=$(swift build --configuration release --show-bin-path)
"$(command -v cc || command -v clang)" -O2 -o "$work/bare-kvm" Benchmarks/bare-kvm.c
"$binaries/write-guests" "$work" >/dev/null

# Sets `elapsed` to the seconds that a command takes. What it prints must be what the guest prints.
seconds() {
    local expected=$1 begin end
    shift
    begin=$EPOCHREALTIME
    "$@" >"$work/output" 2>"$work/errors" || {
        cat "$work/errors" >&2
        exit 1
    }
    end=$EPOCHREALTIME
    if ! grep --quiet --fixed-strings "$expected" "$work/output"; then
        echo "$* did not print $expected: the guest ran differently" >&2
        exit 1
    fi
    elapsed=$(awk -v begin="$begin" -v end="$end" 'BEGIN { printf "%.3f", end - begin }')
}

# Median, least and greatest of the numbers in a file. Fails if the median is above the limit given, where that is not 0.
summarize() {
    sort --numeric-sort "$1" | awk -v what="$2" -v limit="$3" '
        { value[NR] = $1 }
        END {
            median = NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2
            printf "%-24s median %.3f, least %.3f, greatest %.3f\n", what, median, value[1], value[NR]
            exit limit > 0 && median > limit
        }'
}

guest=$work/port-storm.bin
hash=$("$work/bare-kvm" "$guest")
echo "port-storm: 250,000 port accesses; seconds per run"
echo "round     bare      run   record"
for ((round = 1; round <= rounds; round++)); do
    seconds "$hash" "$work/bare-kvm" "$guest"
    bare=$elapsed
    seconds "$hash" "$binaries/rr-vm" run --flat "$guest"
    run=$elapsed
    rm -f "$work/storm.rrvm"
    seconds "$hash" "$binaries/rr-vm" record --flat "$guest" -o "$work/storm.rrvm"
    record=$elapsed

    printf '%5d %8s %8s %8s\n' "$round" "$bare" "$run" "$record"
    awk -v a="$run" -v b="$bare" 'BEGIN { print a / b }' >>"$work/run-ratios"
    awk -v a="$record" -v b="$bare" 'BEGIN { print a / b }' >>"$work/record-ratios"
done
summarize "$work/run-ratios" "run / bare loop:" 0
status=0
summarize "$work/record-ratios" "record / bare loop:" "$limit" || status=$?
echo "trace: $(stat --format=%s "$work/storm.rrvm") bytes"

# Unikernels: one that does nothing but print, for what a recording costs from command to prompt, and one that moves blocks.
rr_vm=$binaries/rr-vm
head --bytes=4M /dev/urandom >"$work/disk"
echo
echo "unikernels: hello from command to prompt, and 4 MiB of blocks read, written and read again; seconds"
echo "round    hello      run   record"
for ((round = 1; round <= rounds; round++)); do
    rm -f "$work/hello.rrvm" "$work/block.rrvm"
    seconds "hello from a unikernel" "$rr_vm" record "$work/hvt-hello.bin" -o "$work/hello.rrvm"
    hello=$elapsed
    seconds "1024 blocks" "$rr_vm" run --block:storage="$work/disk" "$work/hvt-block.bin"
    run=$elapsed
    seconds "1024 blocks" "$rr_vm" record --block:storage="$work/disk" "$work/hvt-block.bin" -o "$work/block.rrvm"
    record=$elapsed

    printf '%5d %8s %8s %8s\n' "$round" "$hello" "$run" "$record"
    awk -v a="$record" -v b="$run" 'BEGIN { print a / b }' >>"$work/block-ratios"
done
summarize "$work/block-ratios" "record / run, blocks:" 0
echo "trace of hello: $(stat --format=%s "$work/hello.rrvm") bytes"
if ((status != 0)); then echo "recording costs more than $limit times the bare loop" >&2; fi
exit "$status"
