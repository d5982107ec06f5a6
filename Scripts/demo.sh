#!/usr/bin/env bash
# The tour of a few minutes: records a run of SeaBIOS, the firmware of most virtual PCs, replays it and verifies it; then Linux.
# Where KVM is out of reach, says what is missing; software executes the guests then.
#
#     Scripts/demo.sh                  sets up and builds first
#     Scripts/demo.sh --built RR-VM    shows an rr-vm that was built, and fetches nothing
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

tour() {
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

# Puts Debian's kernel and a RAM disk with busybox into the demo's directory. Fails where they cannot be had.
fetch_linux() {
    command -v apt-get >/dev/null && Scripts/setup.sh busybox-static cpio || return
    local version
    version=$(Scripts/fetch-kernel.sh linux-image-cloud-amd64 "$demo/kernels") || return
    mv "$demo/kernels/$version/boot/vmlinuz-$version" "$demo/vmlinuz" &&
        Scripts/make-real-guest.sh linux-root "$demo/root.cpio"
}

linux() {
    cd "$demo"
    # shellcheck disable=SC2016 # for the shell in the guest
    printf '%s\n' 'expect / #' 'send echo it is $((6*7))\r' 'expect / #' 'send poweroff -f\r' >typed
    echo
    echo "4. Linux, as Debian ships it, to a shell that answers and to power-off. Software executes it, as it can on every host."
    show 3 0 record vmlinuz --initrd root.cpio --append "console=ttyS0 quiet" --memory 256M --engine soft \
        --input-script typed -o linux.rrvm
    show 5 0 verify linux.rrvm
}

missing=$(what_is_missing)
if [[ -n $missing ]]; then
    echo
    echo "$missing"
    echo "Until then, software executes the guests."
fi
(tour)
if [[ ${1-} != --built ]]; then
    if fetch_linux >"$log" 2>&1; then
        (linux)
    else
        echo
        echo "4. Linux is left out, because Debian's kernel and busybox could not be fetched."
    fi
fi
