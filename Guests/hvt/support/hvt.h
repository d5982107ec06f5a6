// Solo5's HVT, as its guests see it: calls, what they are told at the start, and the notes that make a file a unikernel.
// Written from the ABI's public description.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What a unikernel is told of its machine.
typedef struct boot_information {
    uint64_t memory_size;
    /// One past the last byte of the program: from here to the stack, memory is free.
    uint64_t program_end;
    /// Hz.
    uint64_t counter_frequency;
    const char *command_line;
    const void *manifest;
} boot_information;

/// What a call answers.
enum { DONE = 0, AGAIN = 1, INVALID = 2, FAILED = 3 };

/// The exit status of a guest that aborts.
enum { ABORTED = 255 };

enum { WALLTIME = 1, PUTS, POLL, BLOCK_WRITE, BLOCK_READ, NET_WRITE, NET_READ, HALT };

/// Makes a call; `arguments` is below 4 GiB, as all of a unikernel is.
static inline void hypercall(int number, volatile void *arguments) {
    __asm__ volatile("outl %0, %1"
                     :
                     : "a"((uint32_t)(uintptr_t)arguments), "d"((uint16_t)(0x500 + number))
                     : "memory");
}

/// Reads the time-stamp counter.
static inline uint64_t counter(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

uint64_t wall_time(void);
int block_write(uint64_t device, uint64_t offset, const void *data, uint64_t size);
int block_read(uint64_t device, uint64_t offset, void *data, uint64_t size);
int net_write(uint64_t device, const void *data, uint64_t size);
/// `*size` is how much room there is, and becomes how much came.
int net_read(uint64_t device, void *data, uint64_t *size);
/// How many devices have a packet, and which, within so many nanoseconds.
int poll(uint64_t nanoseconds, uint64_t *ready);
_Noreturn void halt(int status, const void *cookie);

void put_bytes(const char *bytes, uint64_t count);
void put_text(const char *text);
void put_number(uint64_t number);
void put_hexadecimal(uint64_t number);

/// What the guest does; its result is the exit status.
int unikernel(const boot_information *information);

/// The manifest: `MANIFEST(entries)` with BLOCK and NETWORK for each device, which has its place, from 1 on, as its handle.
typedef struct manifest_entry {
    char name[68];
    uint32_t type;
    uint64_t unused[3];
    uint64_t attached;
} manifest_entry;

#define BLOCK(device)   {.name = device, .type = 1}
#define NETWORK(device) {.name = device, .type = 2}
#define COUNT(...) (sizeof((manifest_entry[]){__VA_ARGS__}) / sizeof(manifest_entry))
#define FIRST      {.type = 1u << 30}
#define MANIFEST(...)                                                                                                  \
    const struct {                                                                                                     \
        uint32_t name_size, size, type;                                                                                \
        char name[8];                                                                                                  \
        uint32_t padding, version, count;                                                                              \
        manifest_entry entries[COUNT(FIRST, ##__VA_ARGS__)];                                                           \
    } __attribute__((packed, aligned(4))) manifest_note                                                                \
        __attribute__((used, section(".note.solo5.manifest"))) = {                                                     \
            6,                                                                                                         \
            12 + COUNT(FIRST, ##__VA_ARGS__) * sizeof(manifest_entry),                                                 \
            0x3154464D,                                                                                                \
            "Solo5",                                                                                                   \
            0,                                                                                                         \
            1,                                                                                                         \
            COUNT(FIRST, ##__VA_ARGS__),                                                                               \
            {FIRST, ##__VA_ARGS__}};
