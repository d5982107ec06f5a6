// A running 32-bit hash of everything a guest has seen, at the label `hash`: FNV-1a's step, a word at a time. If one
// input differs in a replay, so does the hash, which a guest prints last. Works in every mode.
#pragma once

#include "image.h"

#define HASH_SEED 0x811c9dc5
#define HASH_PRIME 0x01000193

// Folds a 32-bit register into the hash. Changes EDX and flags.
.macro fold register
    xorl \register, AT(hash)
    imull $HASH_PRIME, AT(hash), %edx
    movl %edx, AT(hash)
.endm

// Puts the hash into EAX for printing.
.macro load_hash
    movl AT(hash), %eax
.endm

// The hash itself: once in every guest that uses it.
.macro hash_storage
    .balign 4
hash:
    .long HASH_SEED
.endm
