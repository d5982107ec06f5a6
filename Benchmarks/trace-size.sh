#!/usr/bin/env bash
# The size of a trace beside that of QEMU's own record file, for one guest: SeaBIOS until it finds nothing to boot from.
# Installs QEMU from Debian's packages where it is missing. Checks that QEMU's file replays, so that two recordings of the
# same thing are compared.
#
#     Benchmarks/trace-size.sh
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

Scripts/setup.sh qemu-system-x86
last_message="No bootable device"

release rr-vm
rr_vm=$binaries/rr-vm

"$rr_vm" record --bios --until "$last_message" -o "$work/ours.rrvm" >/dev/null 2>"$work/messages"
# The state at the beginning, and nothing else.
"$rr_vm" pack "$work/ours.rrvm" --from 0 --to 0 -o "$work/start.rrvm" 2>>"$work/messages"

# Runs the guest in QEMU with MODE record or replay, until it has printed its last message or 60 seconds have passed.
qemu() {
    local mode=$1 log=$work/$1.log process
    timeout 60 qemu-system-x86_64 -machine pc -cpu qemu64 -m 128M -display none -nodefaults -no-reboot \
        -icount "shift=auto,rr=$mode,rrfile=$work/qemu.bin" \
        -chardev "file,id=log,path=$log" -device isa-debugcon,iobase=0x402,chardev=log 2>"$work/$mode.errors" &
    process=$!
    until grep --quiet --text "$last_message" "$log" 2>/dev/null; do
        if ! kill -0 "$process" 2>/dev/null; then
            # A replay ends by itself: what it has printed counts.
            grep --quiet --text "$last_message" "$log" && return
            cat "$work/$mode.errors" >&2
            echo "QEMU ended before SeaBIOS printed '$last_message' ($mode)" >&2
            exit 1
        fi
        sleep 0.05
    done
    kill "$process" 2>/dev/null || true
    wait "$process" || true
}
qemu record
qemu replay

size() { stat --format=%s "$1"; }
echo "SeaBIOS to '$last_message', bytes on disk"
printf '%-52s %10d\n' \
    "rr-vm: trace" "$(size "$work/ours.rrvm")" \
    "  of these, the state at the beginning" "$(size "$work/start.rrvm")" \
    "QEMU: record file (icount, rr=record)" "$(size "$work/qemu.bin")"
cat <<'END'
The two do not hold the same. QEMU runs its devices again in the replay and logs only what came into them from outside;
to replay, it needs the same QEMU, the same options, and the files it was started with. A trace holds every value that
the guest was given by its devices and all of its memory, and replays without any of them.
END
