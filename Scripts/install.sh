#!/usr/bin/env bash
# Installs rr-vm, its manual pages, and what completes its command lines in bash, zsh and fish, below a directory.
#
#     Scripts/install.sh DIRECTORY
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${1:?the directory to install below}
rr_vm=$(Scripts/build-release.sh rr-vm)/rr-vm
install -D --mode=755 "$rr_vm" "$prefix/bin/rr-vm"

# Puts what rr-vm says for a shell into a file of its.
completion() {
    install -D --mode=644 /dev/null "$2"
    "$rr_vm" --generate-completion-script "$1" >"$2"
}
completion bash "$prefix/share/bash-completion/completions/rr-vm"
completion zsh "$prefix/share/zsh/site-functions/_rr-vm"
completion fish "$prefix/share/fish/vendor_completions.d/rr-vm.fish"

# The argument parser's own tool, in a package of its own, so that rr-vm's build does not have it.
manual=(swift build --package-path .build/checkouts/swift-argument-parser --scratch-path .build/manual --product generate-manual)
"${manual[@]}" >&2
pages=$prefix/share/man/man1
install --directory "$pages"
"$("${manual[@]}" --show-bin-path)/generate-manual" "$rr_vm" --multi-page --output-directory "$pages" >&2
# 'man rr-vm record' looks for rr-vm-record.
sed --in-place --regexp-extended 's/^(\.Xr rr-vm|\.Dt RR-VM)\./\1-/' "$pages"/rr-vm*.1
for page in "$pages"/rr-vm.*.1; do mv "$page" "$pages/rr-vm-${page##*/rr-vm.}"; done
echo "Installed $prefix/bin/rr-vm"
