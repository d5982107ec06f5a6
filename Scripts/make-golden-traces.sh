#!/usr/bin/env bash
# Records the traces under traces/ that are of the present version of the trace format. Those of older versions stay.
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
    # A unikernel's own exit status is the command's.
    "$rr_vm" record "$@" --memory 16M -o "$trace" >"$guests/console" 2>"$guests/messages" || true
    [[ -e $trace ]] || {
        cat "$guests/messages" >&2
        exit 1
    }
    "$rr_vm" verify "$trace" >"$guests/console"
    echo "$trace: $(stat --format=%s "$trace") bytes"
}

for guest in hvt-time hvt-abort; do
    record "$guest" "$guests/$guest.bin"
done
rm -f traces/latest
