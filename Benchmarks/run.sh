#!/usr/bin/env bash
# What recording costs: the same guest under a bare KVM_RUN loop, under rr-vm without recording, and recorded, in turns,
# so that whatever else the machine does falls on all three alike. Prints each round, then median, least and greatest of
# the rounds' ratios to the bare loop. Ends with 1 if the median of what a recording costs is above the limit: one round
# that something else disturbed decides nothing.
#
#     Benchmarks/run.sh [ROUNDS]        7 unless told
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

limit=1.10
rounds=${1:-7}

release rr-vm write-guests
"$(command -v cc || command -v clang)" -O2 -o "$work/bare-kvm" Benchmarks/bare-kvm.c
"$binaries/write-guests" "$work" >/dev/null
rr_vm=$binaries/rr-vm

# As `seconds`, of a command that has to print what the guest prints.
seconds_of_guest() {
    local expected=$1
    shift
    seconds 0 "$@"
    if ! grep --quiet --fixed-strings "$expected" "$work/output"; then
        echo "$* did not print $expected: the guest ran differently" >&2
        exit 1
    fi
}

guest=$work/port-storm.bin
hash=$("$work/bare-kvm" "$guest")
echo "port-storm: 250,000 port accesses; seconds per run"
echo "round     bare      run   record"
for ((round = 1; round <= rounds; round++)); do
    seconds_of_guest "$hash" "$work/bare-kvm" "$guest"
    bare=$elapsed
    seconds_of_guest "$hash" "$rr_vm" run --flat "$guest"
    run=$elapsed
    rm -f "$work/storm.rrvm"
    seconds_of_guest "$hash" "$rr_vm" record --flat "$guest" -o "$work/storm.rrvm"
    record=$elapsed

    printf '%5d %8s %8s %8s\n' "$round" "$bare" "$run" "$record"
    ratio "$run" "$bare" "$work/run-ratios"
    ratio "$record" "$bare" "$work/record-ratios"
done
summarize "$work/run-ratios" "run / bare loop:"
status=0
summarize "$work/record-ratios" "record / bare loop:" "$limit" || status=$?
echo "trace: $(stat --format=%s "$work/storm.rrvm") bytes"

# Unikernels: one that does nothing but print, for what a recording costs from command to prompt, and one that moves blocks.
head --bytes=4M /dev/urandom >"$work/disk"
echo
echo "unikernels: hello from command to prompt, and 4 MiB of blocks read, written and read again; seconds"
echo "round    hello      run   record"
for ((round = 1; round <= rounds; round++)); do
    rm -f "$work/hello.rrvm" "$work/block.rrvm"
    seconds_of_guest "hello from a unikernel" "$rr_vm" record "$work/hvt-hello.bin" -o "$work/hello.rrvm"
    hello=$elapsed
    seconds_of_guest "1024 blocks" "$rr_vm" run --block:storage="$work/disk" "$work/hvt-block.bin"
    run=$elapsed
    seconds_of_guest "1024 blocks" "$rr_vm" record --block:storage="$work/disk" "$work/hvt-block.bin" -o "$work/block.rrvm"
    record=$elapsed

    printf '%5d %8s %8s %8s\n' "$round" "$hello" "$run" "$record"
    ratio "$record" "$run" "$work/block-ratios"
done
summarize "$work/block-ratios" "record / run, blocks:" "$limit" || status=$?
echo "trace of hello: $(stat --format=%s "$work/hello.rrvm") bytes"
if ((status != 0)); then echo "recording costs more than $limit times the run without" >&2; fi
exit "$status"
