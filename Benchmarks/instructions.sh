#!/usr/bin/env bash
# Counts the instructions that rr-vm itself executes for an exit, an event or a line of output, by valgrind's callgrind. Counts
# hardly depend on what else the machine does, and not at all on how long an exit takes on this host.
#
# The guest makes port accesses only. Each command works on its first 50,000 events and on its first 150,000, and the
# difference is divided by 100,000: so the start and the end of the program do not count. Prints a line for each command.
# Ends with status 1 if a count is above its limit.
#
#     Benchmarks/instructions.sh
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

few=50000 many=150000

Scripts/setup.sh valgrind
release rr-vm write-guests
"$binaries/write-guests" "$work" >/dev/null
# Valgrind starts sooner without debug information.
rr_vm=$work/rr-vm
strip --strip-debug -o "$rr_vm" "$binaries/rr-vm"

# Runs rr-vm under callgrind. Sets `first` to the instructions of its first thread, which runs the guest, and `others` to
# those of all other threads together.
count_instructions() {
    rm -f "$work"/counts*
    if ! valgrind --tool=callgrind --separate-threads=yes --callgrind-out-file="$work/counts" "$rr_vm" "$@" \
        >"$work/output" 2>"$work/errors"; then
        cat "$work/errors" >&2
        exit 1
    fi
    first=$(sed -n 's/^totals: //p' "$work/counts-01")
    others=$(sed -n 's/^totals: //p' "$work"/counts-* | awk -v first="$first" '{ sum += $1 } END { print sum - first }')
}

failures=0

# Prints by how much a count grew for each event more, and compares that with a limit.
report() {
    local what=$1 at_few=$2 at_many=$3 limit=$4 each
    each=$(((at_many - at_few) / (many - few)))
    printf '%-36s %7d   limit %d\n' "$what" "$each" "$limit"
    ((each <= limit)) || failures=$((failures + 1))
}

# Counts a command with few events and with many. In its arguments, EVENTS stands for their number. Reports the first thread.
compare() {
    local what=$1 limit=$2 first_at_few
    shift 2
    count_instructions "${@//EVENTS/$few}"
    first_at_few=$first others_at_few=$others
    count_instructions "${@//EVENTS/$many}"
    report "$what" "$first_at_few" "$first" "$limit"
}

# A number of keyframes that depends on the time would spoil the counts.
compare "record, the guest's thread: an exit" 740 \
    record --no-confine --flat "$work/port-storm.bin" --keyframes none --max-events EVENTS -o "$work/EVENTS.rrvm"
report "record, the other threads: an event" "$others_at_few" "$others" 250
compare "run: an exit" 665 run --no-confine --flat "$work/port-storm.bin" --max-events EVENTS
compare "replay: an exit" 410 replay --no-confine "$work/EVENTS.rrvm"
compare "verify: an exit" 545 verify --no-confine --jobs 1 "$work/EVENTS.rrvm"
compare "events: a line" 1490 events --no-confine "$work/EVENTS.rrvm"
compare "events --json: a line" 1810 events --json --no-confine "$work/EVENTS.rrvm"
((failures == 0))
