#!/usr/bin/env bash
# Records the traces under traces/ anew, for a new version of the trace format. The old ones go: a reader of the new version
# cannot read them.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/setup.sh
swift build --configuration release --product rr-vm
swift build --product write-guests
rr_vm=$(swift build --configuration release --show-bin-path)/rr-vm
write_guests=$(swift build --show-bin-path)/write-guests

guests=$(mktemp --directory)
trap 'rm -rf "$guests"' EXIT
"$write_guests" "$guests" >"$guests/list"

# record NAME ARGUMENT...: small machines, so that the traces are small.
record() {
    local trace=traces/$1.rrvm
    shift
    rm -f "$trace"
    "$rr_vm" record "$@" --memory 16M -o "$trace" >"$guests/console" 2>"$guests/messages" || {
        cat "$guests/messages" >&2
        exit 1
    }
    "$rr_vm" verify "$trace" >"$guests/console"
    echo "$trace: $(stat --format=%s "$trace") bytes"
}

for guest in hello pit-ticks tick-nested; do
    record "$guest" "$guests/$guest.bin" --flat
done
rm -f traces/latest
