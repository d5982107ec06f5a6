#!/usr/bin/env bash
# Checks the format of all Swift sources, who imports whom, that the software processor has no line for one kind of host, and the
# shell scripts where shellcheck is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint --strict --parallel --recursive --configuration .swift-format \
    Package.swift Benchmarks Plugins Sources Tests Fuzzing/Package.swift Fuzzing/Sources \
    Examples/Package.swift Examples/Sources
Scripts/import-map.sh >/dev/null
Scripts/portable-check.sh
if command -v shellcheck >/dev/null; then
    shellcheck --external-sources Scripts/*.sh Benchmarks/*.sh Guests/hvt/*.sh .ci/run
    # Run by busybox.
    shellcheck --shell=dash Scripts/stock-kvm/init Scripts/stock-kvm/properties
fi
