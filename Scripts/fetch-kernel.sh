#!/usr/bin/env bash
# Puts the files of Debian's kernel that a metapackage names now into a directory, below its version, unless they are there already.
# Prints the version. The kernel is not installed.
#
#     Scripts/fetch-kernel.sh METAPACKAGE DIRECTORY
set -euo pipefail

metapackage=${1:?the package that names the kernel}
directory=${2:?the directory for kernels}
mkdir --parents "$directory"
work=$(mktemp --directory --tmpdir="$directory")
trap 'rm -rf "$work"' EXIT
as_root=()
((EUID == 0)) || as_root=(sudo)

find_package() {
    # Where there are no lists, it finds nothing and fails.
    { apt-cache depends "$metapackage" 2>"$work/log" || true; } | sed -n 's/^ *Depends: *//p' | head --lines=1
}
fetch_package() { (cd "$work" && apt-get download "$package" >"$work/log" 2>&1); }
update_lists() {
    "${as_root[@]}" apt-get update >"$work/log" 2>&1
    package=$(find_package)
}
package=$(find_package)
# A fresh system has no package lists, an old one has stale ones.
[[ -n $package ]] || update_lists || true
if [[ -z $package || ! -e $directory/${package#linux-image-} ]]; then
    echo "Fetching Debian's kernel ..." >&2
    if [[ -z $package ]] || ! { fetch_package || { update_lists && fetch_package; }; }; then
        cat "$work/log" >&2
        echo "fetch-kernel: Debian's kernel could not be fetched; what apt-get said is above" >&2
        exit 69
    fi
    dpkg --extract "$work/$package"_*.deb "$work/kernel"
    rm -rf "${directory:?}/${package#linux-image-}"
    mv "$work/kernel" "$directory/${package#linux-image-}"
fi
echo "${package#linux-image-}"
