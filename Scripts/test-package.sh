#!/usr/bin/env bash
# Makes the Debian package and installs it in an empty Debian, as the Dockerfile's second half does: there it runs, finds its
# libraries, and records, replays and verifies the guest that comes with it. As root, because debootstrap needs it.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/setup.sh debootstrap dpkg-dev
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
package=$(Scripts/make-deb.sh "$work" 2>"$work/log") || { cat "$work/log" >&2; exit 1; }

root=$work/root
Scripts/make-debian.sh "$root"
cp "$package" "$root/tmp/"
# Swift's programs find their arguments in /proc.
inside() {
    # shellcheck disable=SC2016 # for the shell that it starts
    unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" env LC_ALL=C HOME=/root "$@"' "$root" "$@"
}
# The steps of the Dockerfile's second half; gdb and SeaBIOS come from Debian, and are not what is tested.
inside sh -c 'apt-get install --yes --no-install-recommends /tmp/rr-vm_*.deb' >"$work/log" 2>&1 ||
    { tail "$work/log" >&2; exit 1; }

inside rr-vm --version
# shellcheck disable=SC2016 # for the shell in there
inside sh -euc '
    cd /root
    rr-vm example racy
    rr-vm record racy.elf --engine soft -o run.rrvm
    rr-vm verify run.rrvm
    rr-vm report run.rrvm -o report.html
    test -s report.html
    test -s /usr/share/doc/rr-vm/README.md
    test -s /usr/share/bash-completion/completions/rr-vm
    for page in rr-vm rr-vm-record rr-vm-verify; do gzip --test "/usr/share/man/man1/$page.1.gz"; done
'
# Nothing of it stays behind.
inside apt-get purge --yes rr-vm >"$work/log" 2>&1
[[ ! -e $root/usr/bin/rr-vm && ! -e $root/usr/share/doc/rr-vm ]]
echo "The package was installed, used and removed."
