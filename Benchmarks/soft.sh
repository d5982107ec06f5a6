#!/usr/bin/env bash
# How fast the software processor executes, beside QEMU's TCG with the same guests in the same run: million instructions a second of
# processor time. Each guest of Benchmarks/soft.S runs in two lengths. The instructions that one has more than the other are
# divided by the time that it takes more, so that starting counts for nothing. How many these are follows from the code, and both
# must print the same result.
#
# The limits are ratios to TCG, at which this ends with 1: a busy machine slows both. TCG translates into instructions of the host,
# so it is ahead in loops; it looks up each branch to another page, so it is behind where code is spread.
#
#     Benchmarks/soft.sh [ROUNDS]        3 unless told; the median counts
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

rounds=${1:-3}
qemu=$(command -v qemu-system-x86_64) || {
    echo "qemu-system-x86_64 is not installed: apt install qemu-system-x86" >&2
    exit 1
}

release rr-vm
rr_vm=$binaries/rr-vm
compiler=$(command -v clang || command -v cc)

# Assembles a guest: name, turns, definitions.
assemble() {
    local name=$1 turns=$2
    shift 2
    "$compiler" -c -I Guests "-DTURNS=$turns" "$@" Benchmarks/soft.S -o "$work/$name.o"
    objcopy --output-target binary --only-section .rodata "$work/$name.o" "$work/$name.elf"
}

# Sets `elapsed` to the seconds of processor time that a command takes, which has to end with this status.
processor_seconds() {
    local expected=$1 status=0 TIMEFORMAT='%U %S'
    shift
    { time "$@" >"$work/output" 2>"$work/errors" </dev/null || status=$?; } 2>"$work/time"
    if [[ $status != "$expected" ]]; then
        echo "$* ended with status $status:" >&2
        cat "$work/errors" >&2
        exit 1
    fi
    elapsed=$(awk '{ print $1 + $2 }' "$work/time")
}

run_soft() { processor_seconds 0 "$rr_vm" run --engine soft "$1"; }
run_qemu() {
    processor_seconds 1 "$qemu" -accel tcg -m 64 -nodefaults -display none -serial stdio -no-reboot \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$1"
}

# Million instructions a second of one engine: engine, name, instructions that the long guest has more.
speed() {
    local short
    "run_$1" "$work/$2-short.elf"
    short=$elapsed
    "run_$1" "$work/$2-long.elf"
    cp "$work/output" "$work/$2-$1"
    awk -v more="$3" -v long="$elapsed" -v short="$short" 'BEGIN { printf "%.0f\n", more / (long - short) / 1e6 }' \
        >>"$work/$2-$1.speeds"
}

median() { sort --numeric-sort "$1" | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

failures=0
# name, least ratio to TCG, turns of the long guest, instructions of a turn, what it is, definitions.
compare() {
    local name=$1 limit=$2 turns=$3 instructions=$4 what=$5 round soft tcg
    shift 5
    assemble "$name-short" 1 "$@"
    assemble "$name-long" "$turns" "$@"
    for ((round = 1; round <= rounds; round++)); do
        speed soft "$name" $(((turns - 1) * instructions))
        speed qemu "$name" $(((turns - 1) * instructions))
        if ! cmp --quiet "$work/$name-soft" "$work/$name-qemu"; then
            echo "$name: the guest did not compute the same in both" >&2
            exit 1
        fi
    done
    soft=$(median "$work/$name-soft.speeds")
    tcg=$(median "$work/$name-qemu.speeds")
    awk -v what="$what" -v soft="$soft" -v tcg="$tcg" -v limit="$limit" 'BEGIN {
        printf "%-32s %8d %8d %8.2f %8.2f\n", what, soft, tcg, soft / tcg, limit
        exit soft / tcg < limit
    }' || failures=$((failures + 1))
}

echo "million instructions a second        soft      TCG    ratio    least"
compare compute 0.07 100000000 16 "compute" -DWORK=1
compare memory 0.20 60000000 16 "loads, stores, branches" -DWORK=2
compare calls 0.25 40000000 18 "call and ret" -DWORK=3
compare blocks-4k 1.5 8000 28002 "4,000 blocks on 1,000 pages" -DWORK=4 -DBLOCKS=4000 -DBLOCK_SIZE=1024
compare blocks-40k 2.5 600 280002 "40,000 blocks on 2,500 pages" -DWORK=4 -DBLOCKS=40000 -DBLOCK_SIZE=256
if ((failures > 0)); then echo "the software processor is slower than it may be" >&2; fi
((failures == 0))
