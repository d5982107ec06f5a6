#!/usr/bin/env bash
# Builds the package in Examples as a user's: copied out of this tree, with this checkout for its dependency. Runs its programs and
# looks at what they print. After `swift build --build-tests`, for the guest and the program that they are compared with. What was
# built stays in .build/examples, so that the next time costs little.
set -euo pipefail
cd "$(dirname "$0")/.."
checkout=$PWD

# The same place each time: in another one, SwiftPM would build the programs anew. Nobody else may
# write there, as they may in TMPDIR.
copy=${XDG_CACHE_HOME:-$HOME/.cache}/rr-vm-examples
trap 'rm -rf "$copy"' EXIT
rm -rf "$copy"
mkdir -p "$copy"
cp -R Examples/Package.swift Examples/Sources "$copy"
# The versions that this checkout was built with.
[[ ! -e Package.resolved ]] || cp Package.resolved "$copy"
sed -i "s|name: \"rr-vm\", path: \"..\"|name: \"rr-vm\", path: \"$checkout\"|" "$copy/Package.swift"
build=(swift build --package-path "$copy" --scratch-path .build/examples)
"${build[@]}"
binaries=$("${build[@]}" --show-bin-path)

# Compares what a program says with what it has to; 69 is that there is no KVM here.
check() {
    local expected=$1 status=0 said
    shift
    said=$("$binaries/$1" "${@:2}") || status=$?
    if ((status == 69)); then
        echo "$1 was not run: $said"
    elif [[ $said != "$expected" ]]; then
        echo "$1 said something else: $said" >&2
        exit 1
    fi
}

check 'out 0xe9 byte 48
in 0x60 byte 69
write 0xb800 69
halt' run-bytes
ours=$(swift build --show-bin-path)
check "$("$ours/rr-vm" events traces/hello.rrvm)" list-events traces/hello.rrvm
# A trace of this host's own: those of the repository may show a processor that it cannot.
"$ours/write-guests" "$copy/guests" >/dev/null
status=0
"$ours/rr-vm" record --boot flat --mode real -o "$copy/hello.rrvm" "$copy/guests/hello.bin" || status=$?
((status == 69)) || check '46 events replayed, equal to the recording' verify-trace "$copy/hello.rrvm"
