#!/bin/sh
# Builds the unikernels of this directory and writes them as a Swift file: build.sh CLANG LINKER OUTPUT
set -eu
clang=$1
linker=$2
output=$3
cd "$(dirname "$0")"

objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

compile() {
    "$clang" --target=x86_64-unknown-linux-gnu -std=c17 -O2 -g0 -Wall -Wextra -Werror -Wno-gnu-zero-variadic-macro-arguments \
        -ffreestanding -fno-builtin -fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables \
        -mgeneral-regs-only -mno-red-zone -mcmodel=small -c "$1" -o "$2"
}

compile support/hvt.c "$objects/support.o"
{
    echo "/// The unikernels of Guests/hvt, by the names of their sources, in base 64."
    echo "enum UnikernelImages {"
    echo "    static let all: [String: String] = ["
    for source in *.c; do
        name=${source%.c}
        compile "$source" "$objects/$name.o"
        "$linker" -m elf_x86_64 -static -nostdlib -z max-page-size=4096 -z noexecstack --build-id=none \
            -T support/link.ld -o "$objects/$name.hvt" "$objects/$name.o" "$objects/support.o"
        printf '        "%s": "%s",\n' "$name" "$(base64 -w 0 "$objects/$name.hvt")"
    done
    echo "    ]"
    echo "}"
} >"$objects/output"
mv "$objects/output" "$output"
