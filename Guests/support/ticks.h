// Shared by guests that fold what a number of interrupts interrupted.
#pragma once

#include "console.h"
#include "hash.h"
#include "timer.h"

// Real mode: the rest of a handler that enter_handler opened, for an interrupt of the timer. Goes to `done` after the last.
.macro leave_tick_handler
    fold_interrupted_state
    end_of_interrupt
    count_tick
    leave_handler
.endm

// Goes to `done` after the last.
.macro count_tick
    decl AT(ticks_left)
    jz done
.endm

// `done` prints the hash and exits with code 0; then come the handler and the count, for this number of ticks.
.macro finish_ticks count
done:
    load_hash
    call print_hex
    call print_newline
    exit_with 0

    ticks_storage \count
.endm

// For a guest with its own `done`.
.macro ticks_storage count
    console_routines
    hash_storage
ticks_left:
    .long \count
.endm
