#!/usr/bin/env bash
# The two-minute tour: records a run of SeaBIOS, the firmware of most virtual PCs, replays it and verifies it. Where KVM
# is out of reach, says what is missing and shows what works without, on the traces that come with the project.
#
#     Scripts/demo.sh                  sets up and builds first
#     Scripts/demo.sh --built RR-VM    shows an rr-vm that was built
set -euo pipefail
cd "$(dirname "$0")/.."

demo=$(mktemp --directory)
trap 'rm -rf "$demo"' EXIT
log=$demo/log
if [[ ${1-} == --built ]]; then
    rr_vm=$2
else
    Scripts/setup.sh
    echo "Building rr-vm (the first time takes a minute or two) ..."
    if ! rr_vm=$(Scripts/build-release.sh rr-vm 2>"$log")/rr-vm; then
        cat "$log" >&2
        exit 1
    fi
fi

# Runs rr-vm as a user would type it, and shows the last lines of what it prints and all that it says about the run. It must
# end with the status given.
show() {
    local lines=$1 expected=$2
    shift 2
    local argument status=0
    printf '$ rr-vm'
    for argument; do
        if [[ $argument == *" "* ]]; then printf ' "%s"' "$argument"; else printf ' %s' "$argument"; fi
    done
    echo
    "$rr_vm" "$@" >"$log" 2>"$log.messages" || status=$?
    # A guest's last line need not be ended.
    [[ -z $(tail --bytes=1 "$log") ]] || echo >>"$log"
    { tail --lines="$lines" "$log" && cat "$log.messages"; } | cut --characters=1-118
    if ((status != expected)); then
        echo "rr-vm ended with status $status" >&2
        exit "$status"
    fi
}

# Why KVM cannot be used, and what to do; nothing where it can.
what_is_missing() {
    if [[ ! -e /dev/kvm ]]; then
        if grep --quiet --extended-regexp --word-regexp 'vmx|svm' /proc/cpuinfo; then
            echo "There is no /dev/kvm here, though the processor could: load its module with"
            echo "'sudo modprobe kvm_intel' or 'sudo modprobe kvm_amd'; if that fails, switch virtualization on in the firmware."
        else
            echo "There is no /dev/kvm here, and the processor shows no virtualization. On a PC, switch VT-x or AMD-V on in"
            echo "the firmware; in a virtual machine, switch nested virtualization on in its host; in a container, start it"
            echo "with '--device /dev/kvm'."
        fi
    elif [[ ! -r /dev/kvm || ! -w /dev/kvm ]]; then
        echo "You may not open /dev/kvm, which belongs to $(stat --format='%U, group %G, mode %A' /dev/kvm)."
        echo "Join the group and log in again, 'sudo usermod --append --groups kvm $(id --user --name)', or try 'sudo make demo'."
    elif ! "$rr_vm" doctor >/dev/null 2>"$log"; then
        echo "There is a /dev/kvm, but it cannot be used:"
        cat "$log"
    fi
}

with_kvm() {
    cd "$demo"
    echo
    echo "1. Record: a virtual PC runs SeaBIOS until it finds no disk to boot from. Every input goes into a trace."
    show 1 0 record --bios --until "No bootable device" -o demo.rrvm

    echo
    echo "2. Replay: a new virtual machine, without devices or clock, gets those inputs, each at its moment."
    show 1 0 replay demo.rrvm

    echo
    echo "3. Verify: every exit, and the state of the whole machine, are compared with the recording, three times over."
    show 6 0 verify demo.rrvm --repeat 3
}

without_kvm() {
    echo
    echo "$1"
    echo
    echo "Recording and replaying need it. Reading, checking and comparing traces do not. Those that come with the project:"
    local trace
    for trace in traces/*.rrvm; do show 0 0 info --check "$trace"; done
    echo
    echo "The first events of one of them, and where another one parts from it:"
    show 4 0 events traces/hello.rrvm --to 3
    show 7 1 diff traces/hello.rrvm traces/pit-ticks.rrvm
}

missing=$(what_is_missing)
if [[ -z $missing ]]; then
    with_kvm
else
    without_kvm "$missing"
fi
