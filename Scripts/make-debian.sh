#!/usr/bin/env bash
# Makes a small Debian of this system's release in a directory, from where this system gets its packages. As root.
#
#     Scripts/make-debian.sh DIRECTORY [OPTION OF DEBOOTSTRAP...]
set -euo pipefail

directory=${1:?the directory to make}
shift
# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# debootstrap knows a mirror if none is given.
mirror=()
# shellcheck disable=SC2016 # apt-get's own
mapfile -t sources < <(apt-get indextargets --format '$(RELEASE) $(REPO_URI)')
for source in "${sources[@]}"; do
    if [[ $source == "$release "* ]]; then mirror=("${source#* }"); fi
done

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! debootstrap --variant=minbase "$@" "$release" "$directory" "${mirror[@]}" >"$log" 2>&1; then
    tail "$log" >&2
    echo "make-debian: debootstrap could not make a Debian; what it said is above" >&2
    exit 69
fi
