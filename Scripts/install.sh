#!/usr/bin/env bash
# Installs rr-vm, and what completes its command lines in bash, zsh and fish, below a directory.
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
echo "Installed $prefix/bin/rr-vm"
