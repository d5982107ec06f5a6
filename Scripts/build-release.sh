#!/usr/bin/env bash
# Builds products for release, and prints the directory that they are in. Swift's own libraries are linked into them: so they
# run where there is no Swift, and start sooner. By the linker of Swift's toolchain, since another one warns about Foundation.
#
#     Scripts/build-release.sh PRODUCT...
set -euo pipefail
cd "$(dirname "$0")/.."

build=(swift build --configuration release --static-swift-stdlib -Xswiftc -use-ld=lld)
for product; do
    "${build[@]}" --product "$product" >&2
done
"${build[@]}" --show-bin-path
