#!/usr/bin/env bash
# Makes a Debian package of rr-vm, and prints its path. It depends on the libraries that this system's packages have.
#
#     Scripts/make-deb.sh [DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."

directory=${1:-.build}
Scripts/setup.sh dpkg-dev >&2
stage=$(mktemp --directory)
trap 'rm -rf "$stage"' EXIT
root=$stage/debian/rr-vm
Scripts/install.sh "$root/usr" >&2
strip --strip-debug "$root/usr/bin/rr-vm"
gzip --best --no-name "$root"/usr/share/man/man1/*.1
# Debian keeps zsh's completions elsewhere than zsh's own installation does.
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
install -D --mode=644 --target-directory="$root/usr/share/doc/rr-vm" README.md docs/*.md
install --mode=644 LICENSE "$root/usr/share/doc/rr-vm/copyright"
gzip --best --no-name --stdout CHANGELOG.md >"$root/usr/share/doc/rr-vm/changelog.gz"

version=$("$root/usr/bin/rr-vm" --version)
architecture=$(dpkg --print-architecture)
printf 'Source: rr-vm\n\nPackage: rr-vm\nArchitecture: %s\n' "$architecture" >"$stage/debian/control"
depends=$(cd "$stage" && dpkg-shlibdeps -O debian/rr-vm/usr/bin/rr-vm 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[[ -n $depends ]] || { echo "make-deb: dpkg-shlibdeps found no libraries" >&2; exit 70; }
mkdir "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<CONTROL
Package: rr-vm
Version: ${version##* }
Architecture: $architecture
Maintainer: the rr-vm authors
Depends: $depends
Recommends: gdb
Suggests: seabios
Section: devel
Priority: optional
Installed-Size: $(du --summarize --block-size=1K "$root/usr" | cut --fields=1)
Description: record and replay virtual machines
 Records one run of a virtual machine under KVM, or with a processor in
 software, and replays it bit for bit as often as wanted: in a debugger that
 runs backwards, beside another recording, on another machine.
CONTROL
package=$directory/rr-vm_${version##* }_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package" >&2
echo "$package"
