#!/usr/bin/env bash
# Makes the traces under traces/ that are missing there. One that is there stays as it is, whatever wrote it: that it can be
# read is what it shows.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/setup.sh
binaries=$(Scripts/build-release.sh rr-vm write-guests)
rr_vm=$binaries/rr-vm

guests=$(mktemp --directory)
trap 'rm -rf "$guests"' EXIT
"$binaries/write-guests" "$guests" >"$guests/list"

# missing NAME: says that a trace is to be made.
missing() { [[ ! -e traces/$1.rrvm ]]; }

# record FILE ARGUMENT...: small machines, so that the traces are small.
record() {
    local trace=$1
    shift
    # A unikernel's own exit status is the command's.
    "$rr_vm" record "$@" --memory 16M -o "$trace" >"$guests/console" 2>"$guests/messages" || true
    [[ -e $trace ]] || {
        cat "$guests/messages" >&2
        exit 1
    }
    "$rr_vm" verify "$trace" >"$guests/console"
    rm -f "$(dirname "$trace")/latest"
}

for guest in hello pit-ticks tick-nested fw-dma mmio reboot; do
    ! missing "$guest" || record "traces/$guest.rrvm" "$guests/$guest.bin" --flat
done
for guest in hvt-time hvt-abort; do
    ! missing "$guest" || record "traces/$guest.rrvm" "$guests/$guest.bin"
done
! missing hidden-reads || record traces/hidden-reads.rrvm "$guests/tsc-hash.bin" --flat --max-events 300
! missing packed-pages || record traces/packed-pages.rrvm "$guests/pit-ticks.bin" --flat --keyframes events=10
if missing cut-off; then
    record "$guests/whole.rrvm" "$guests/pci-scan.bin" --flat --keyframes events=50
    head --bytes=-900 "$guests/whole.rrvm" >traces/cut-off.rrvm
fi
if missing stretch; then
    record "$guests/long.rrvm" "$guests/pit-ticks.bin" --flat --keyframes events=10
    "$rr_vm" pack "$guests/long.rrvm" --from 25 --to 60 --keyframes events=20 -o traces/stretch.rrvm
fi
stat --format='%n: %s bytes' traces/*.rrvm
