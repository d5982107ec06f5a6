// The guests of this package: small programs, each showing one thing, assembled by the package's own build and carried
// as data. Tests and benchmarks run them; `write-guests` writes them into files for the command line.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How a run of a guest ends.
typedef enum __attribute__((enum_extensibility(closed))) guest_outcome {
    /// The guest writes its exit code to port 0xF4.
    GUEST_EXITS,
    /// HLT with interrupts off.
    GUEST_HALTS,
    /// A triple fault.
    GUEST_SHUTS_DOWN,
    /// An exit, or an emulation failure where the host's emulator lacks an instruction.
    GUEST_EXITS_OR_CANNOT_BE_EMULATED,
    /// It asks for a reset.
    GUEST_RESETS,
    /// It switches the machine off.
    GUEST_POWERS_OFF,
} guest_outcome;

/// How a guest is put into memory and entered.
typedef enum __attribute__((enum_extensibility(closed))) guest_boot {
    /// A flat image at `load_address`, entered at its first byte in real mode with CS = 0.
    GUEST_FLAT,
    /// The image is a file that says how it is booted, such as ELF with a multiboot header.
    GUEST_SAYS_HOW,
    /// A flat image at 1 MiB, entered at its first byte in 32-bit protected mode.
    GUEST_FLAT_PROTECTED,
    /// The same in 64-bit mode.
    GUEST_FLAT_LONG,
    /// A boot sector, entered without firmware.
    GUEST_SECTOR,
    /// A boot sector on the first disk, which the firmware reads.
    GUEST_BEHIND_FIRMWARE,
} guest_boot;

/// The disk that a guest needs: see `Guest.disk`.
typedef enum __attribute__((enum_extensibility(closed))) guest_drive {
    GUEST_HAS_NO_DRIVE,
    GUEST_HAS_IDE_DRIVE,
    GUEST_HAS_VIRTIO_DRIVE,
} guest_drive;

/// What a host must do as the manuals say before a guest's results mean anything: see `Guest.Need`.
typedef enum __attribute__((enum_extensibility(closed))) guest_need {
    GUEST_NEEDS_NOTHING,
    GUEST_NEEDS_PAGING_32,
    GUEST_NEEDS_SYSTEM_CALLS,
    GUEST_NEEDS_EVERY_INSTRUCTION,
} guest_need;

/// One guest: what to load where, and what to expect of it.
typedef struct guest {
    /// The name of its source file, without ".S".
    const char *name;
    /// What it shows, in one line.
    const char *purpose;
    /// The image file's bytes.
    const uint8_t *image;
    const uint8_t *image_end;
    /// Guest-physical; for GUEST_FLAT alone.
    uint64_t load_address;
    guest_boot boot;
    guest_outcome outcome;
    /// The code of a run in which nothing goes wrong; 0 for a guest that does not exit.
    uint8_t exit_code;
    /// Everything it prints over COM1, or null when that depends on time or on the machine.
    const char *console;
    /// What the VGA text screen shows at the end, or null when it does not matter.
    const char *screen;
    /// What it waits for on its console, or null; typed when it has shown `prompt`.
    const char *input;
    const char *prompt;
    /// The command line, or null.
    const char *append;
    /// The content of the initial RAM disk, or null.
    const char *initial_ram_disk;
    /// The arguments and the content of a multiboot module, or null.
    const char *module_arguments;
    const char *module;
    guest_drive drive;
    /// True when it has a network card, on which it gets packets of several sizes.
    bool has_network;
    /// True when it computes until it is interrupted: it ends only on a machine that interrupts guests which do not
    /// exit.
    bool spins_until_interrupted;
    /// True when interrupts come to it at places that a replay has to come to again: between two exits, in shadows, nested.
    bool is_ticked;
    /// True when it executes an instruction whose result comes from outside without an exit, such as RDTSC: a run can
    /// be replayed only when the recorder traps that instruction.
    bool reads_hidden_state;
    /// True when it races with its own interrupts: it exits with code 1 instead when it lost.
    bool may_lose_race;
    /// True for a table of experiments: see support/experiments.h.
    bool has_experiments;
    guest_need need;
} guest;

/// How many guests there are.
size_t guest_count(void);

/// The guest at `index`, counted from 0; null past the last one. Valid for the life of the process.
const guest *guest_at(size_t index);
