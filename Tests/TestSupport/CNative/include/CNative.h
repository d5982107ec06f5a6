// Executes instructions on the processor of this machine, with registers of the caller's choice.
#pragma once
#include <stdint.h>

/// Registers in front of the instructions, and behind them.
struct native_registers {
    /// What FXSAVE64 writes.
    uint8_t fxsave[512] __attribute__((aligned(16)));
    uint64_t rax, rcx, rdx;
    /// Arithmetic flags behind the instructions.
    uint64_t flags;
    /// Nonzero if they raised SIGFPE: the registers are then as the processor left them.
    uint64_t faulted;
    uint64_t stack_pointer;
    const void *code;
    uint64_t reserved;
};

/// Whether native_call can execute anything here.
int native_is_available(void);

/// Makes instructions callable; never freed. Returns NULL where that is impossible.
const void *native_assemble(const uint8_t *bytes, int length);

/// Executes code of native_assemble.
void native_call(struct native_registers *registers, const void *code);
