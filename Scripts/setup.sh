#!/usr/bin/env bash
# Installs the Debian packages that are missing: those the build and the demo need, and those named as arguments.
# Prints nothing when there is nothing to do.
set -euo pipefail

# git and ca-certificates: fetch the Swift packages. The libraries: see docs/dependencies.md. seabios: the demo's guest.
packages=(git ca-certificates pkg-config seabios
    libdw-dev liblz4-dev liblzma-dev libseccomp-dev libslirp-dev libxxhash-dev libzstd-dev libzydis-dev zlib1g-dev "$@")

if ! command -v swift >/dev/null; then
    echo "setup: there is no 'swift' on the PATH. Install Swift 6.2 or later: https://www.swift.org/install/linux/" >&2
    exit 1
fi

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    if pkg-config --exists libdw liblz4 liblzma libxxhash libzstd libseccomp zlib 2>/dev/null && [[ -e /usr/include/Zydis/Zydis.h && -e /usr/include/slirp/libslirp.h ]]; then
        exit 0
    fi
    {
        echo "setup: this is not Debian or one of its children, so nothing was installed. Needed, by their Debian names:"
        echo "    ${packages[*]}"
    } >&2
    exit 1
fi

# What Swift itself needs, where it was unpacked without: libraries to run, and a C library and linker to build.
swift --version >/dev/null 2>&1 || packages+=(libcurl4 libncurses6 libsqlite3-0 libxml2)
compgen -G '/usr/lib/gcc/*/*/libstdc++.so' >/dev/null || packages+=(g++)

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
    exit 0
fi

as_root=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        {
            echo "setup: these packages are missing, and installing them needs root or sudo. As root, run:"
            echo "    apt-get install ${missing[*]}"
        } >&2
        exit 1
    fi
    as_root=(sudo)
fi

echo "Installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

install_missing() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${missing[@]}" >>"$log" 2>&1
}

# A fresh system has no package lists, an old one may have stale ones: fetch them only when the first attempt fails.
if ! install_missing && ! { "${as_root[@]}" apt-get update >>"$log" 2>&1 && install_missing; }; then
    cat "$log" >&2
    echo "setup: apt-get could not install ${missing[*]}; what it said is above" >&2
    exit 1
fi
