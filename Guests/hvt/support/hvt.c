#include "hvt.h"

// What the tender looks for: target 1 is HVT.
const struct {
    uint32_t name_size, size, type;
    char name[8];
    uint32_t target, version, reserved[2];
} abi_note __attribute__((used, section(".note.solo5.abi"), aligned(4))) = {6, 16, 0x31494241, "Solo5", 1, 1, {0, 0}};

// Thread-local storage lies below the place that FS points to, and that holds its own address (System V ABI, TLS variant II).
extern const uint8_t tls_start[], tls_data_end[], tls_end[];
static uint8_t tls_block[4096] __attribute__((aligned(64)));

static void set_up_tls(void) {
    enum { FS_BASE = 0xC0000100 };
    uint64_t size = ((uint64_t)(tls_end - tls_start) + 63) & ~63ull;
    uint8_t *top = tls_block + sizeof tls_block - 64;
    for (uint64_t place = 0; place < (uint64_t)(tls_data_end - tls_start); place++) top[place - size] = tls_start[place];
    *(uint64_t *)top = (uint64_t)(uintptr_t)top;
    uint64_t base = (uint64_t)(uintptr_t)top;
    __asm__ volatile("wrmsr" : : "c"(FS_BASE), "a"((uint32_t)base), "d"((uint32_t)(base >> 32)));
}

__attribute__((noreturn)) void _start(const boot_information *information) {
    set_up_tls();
    halt(unikernel(information), NULL);
}

uint64_t wall_time(void) {
    volatile struct { uint64_t nanoseconds; } arguments;
    hypercall(WALLTIME, &arguments);
    return arguments.nanoseconds;
}

static int transfer(int call, uint64_t device, uint64_t offset, const void *data, uint64_t size) {
    volatile struct {
        uint64_t device, offset;
        const void *data;
        uint64_t size;
        int result;
    } arguments = {device, offset, data, size, -1};
    hypercall(call, &arguments);
    return arguments.result;
}

int block_write(uint64_t device, uint64_t offset, const void *data, uint64_t size) {
    return transfer(BLOCK_WRITE, device, offset, data, size);
}

int block_read(uint64_t device, uint64_t offset, void *data, uint64_t size) {
    return transfer(BLOCK_READ, device, offset, data, size);
}

int net_write(uint64_t device, const void *data, uint64_t size) {
    volatile struct {
        uint64_t device;
        const void *data;
        uint64_t size;
        int result;
    } arguments = {device, data, size, -1};
    hypercall(NET_WRITE, &arguments);
    return arguments.result;
}

int net_read(uint64_t device, void *data, uint64_t *size) {
    volatile struct {
        uint64_t device;
        void *data;
        uint64_t size;
        int result;
    } arguments = {device, data, *size, -1};
    hypercall(NET_READ, &arguments);
    *size = arguments.size;
    return arguments.result;
}

int poll(uint64_t nanoseconds, uint64_t *ready) {
    volatile struct {
        uint64_t nanoseconds, ready;
        int count;
    } arguments = {nanoseconds, 0, -1};
    hypercall(POLL, &arguments);
    *ready = arguments.ready;
    return arguments.count;
}

_Noreturn void halt(int status, const void *cookie) {
    volatile struct {
        const void *cookie;
        int status;
    } arguments = {cookie, status};
    for (;;) hypercall(HALT, &arguments);
}

void put_bytes(const char *bytes, uint64_t count) {
    volatile struct {
        const char *bytes;
        uint64_t count;
    } arguments = {bytes, count};
    hypercall(PUTS, &arguments);
}

void put_text(const char *text) {
    uint64_t count = 0;
    while (text[count] != 0) count++;
    put_bytes(text, count);
}

static void put_digits(uint64_t number, uint64_t radix) {
    char digits[20];
    uint64_t place = sizeof digits;
    do {
        digits[--place] = "0123456789abcdef"[number % radix];
        number /= radix;
    } while (number != 0);
    put_bytes(digits + place, sizeof digits - place);
}

void put_number(uint64_t number) { put_digits(number, 10); }

void put_hexadecimal(uint64_t number) { put_digits(number, 16); }

// The compiler calls these by itself.
void *memset(void *target, int value, size_t count) {
    void *start = target;
    __asm__ volatile("rep stosb" : "+D"(target), "+c"(count) : "a"(value) : "memory");
    return start;
}

void *memcpy(void *target, const void *source, size_t count) {
    void *start = target;
    __asm__ volatile("rep movsb" : "+D"(target), "+S"(source), "+c"(count) : : "memory");
    return start;
}
