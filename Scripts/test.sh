#!/usr/bin/env bash
# The whole check: set-up, format, a build in which a warning is an error, the examples, all tests, what was skipped and why, and a
# few guests on a stock KVM.
# Arguments go to `swift test`.
set -euo pipefail
cd "$(dirname "$0")/.."

# gdb: the client of the debugger's tests. The Python packages: the independent reader of Tools, whose events the tests compare.
Scripts/setup.sh shellcheck strace gdb python3-lz4 python3-xxhash python3-zstandard
# The real guests of the slow suite, and what reads exported packets; what is not there is skipped.
if [[ -n ${RR_VM_SLOW_TESTS-} ]]; then
    Scripts/setup.sh grub-pc-bin grub-common syslinux syslinux-common mtools memtest86+ linux-image-cloud-amd64 \
        linux-image-cloud-amd64-dbg linux-image-amd64 debootstrap e2fsprogs python3-drgn busybox-static cpio tshark ||
        echo "Without all of the real guests' packages, their tests are skipped."
fi
Scripts/lint.sh

# Package.swift reads this.
export RR_VM_WARNINGS_AS_ERRORS=1
swift build --build-tests
Scripts/test-examples.sh

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
swift test --skip-build --disable-xctest "$@" 2>&1 | tee "$log" || status=$?

# Swift Testing says: Test NAME skipped: "REASON". A skipped suite says so once more for each of its tests.
echo
skipped=$(grep -E '^[^ ]+ Test .+ skipped(\.|: ".*")$' "$log" || true)
if [[ -z $skipped ]]; then
    echo "No test was skipped."
else
    echo "$(wc --lines <<<"$skipped") tests were skipped:"
    sed -E 's/^.* skipped\.$/no reason given/; s/^.* skipped: "(.*)"$/\1/' <<<"$skipped" |
        sort | uniq --count | sort --numeric-sort --reverse
fi

# A real KVM that needs none of this machine's own. Its kernel comes from Debian.
stock=0
if command -v apt-get >/dev/null; then
    echo
    Scripts/test-stock-kvm.sh --short || stock=$?
else
    stock=69
fi
if ((stock == 69)); then
    echo "Nothing was tested on a stock KVM: there is no kernel of Debian's to be had."
elif ((stock != 0)); then
    status=$stock
fi

# debootstrap needs root and Debian.
if [[ -n ${RR_VM_SLOW_TESTS-} ]] && ((EUID == 0)) && command -v apt-get >/dev/null; then
    echo
    Scripts/test-package.sh || status=$?
fi
exit "$status"
