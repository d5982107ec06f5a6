#!/usr/bin/env bash
# Checks that the targets a processor in software needs have no line for one kind of host: they are to give the same results on Arm.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=(Sources/ByteCoding Sources/X86 Sources/GuestMemory Sources/SoftCPU Sources/Engine Sources/SoftEngine)
# A type that only x86 has, conditions on the architecture, the compiler's intrinsics, and assembler.
words='Float80|#(if|elseif).*\b(arch|_endian|_pointerBitWidth)\(|import +(_Builtin_intrinsics|Builtin)|\b_mm_[a-z]|\b(__)?asm(__)?\b *(volatile)? *\('

# The check itself is checked: it finds each of these.
for line in 'let x: Float80' '#if arch(x86_64)' 'import _Builtin_intrinsics.intel' '_mm_add_ps(a, b)' 'asm volatile ("nop")'; do
    grep --quiet --extended-regexp "$words" <<<"$line" || { echo "The check for lines of one architecture misses: $line"; exit 1; }
done

if grep --recursive --line-number --extended-regexp --include='*.swift' --include='*.[ch]' "$words" "${targets[@]}"; then
    echo "These lines are for one kind of host; the software processor must not have any."
    exit 1
fi
