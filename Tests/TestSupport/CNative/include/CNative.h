// Executes instructions of user mode on the processor of this machine, with registers of the caller's choice.
#pragma once
#include <stdint.h>

/// Where the thunk's memory is: below 2 GiB, so that addresses of 32 bits reach it.
#define NATIVE_CODE 0x10000000ull
#define NATIVE_DATA 0x20000000ull
#define NATIVE_DATA_SIZE 0x10000ull
/// The last page of the data can only be read. As much memory as all of the data behind it cannot be accessed at all.
#define NATIVE_READ_ONLY 0x2000F000ull
/// Where an instruction is, and where branches have to go: what is there ends it like what is behind it.
#define NATIVE_START 0x10000800ull
#define NATIVE_BRANCH 0x10000840ull
/// The end of a page for the stack of an instruction that is not to touch the data.
#define NATIVE_STACK 0x30002000ull

/// Registers in front of an instruction, and behind it.
struct native_context {
    uint64_t general[16];
    uint64_t rip;
    uint64_t flags;
    /// The number of the exception, or -1.
    int64_t vector;
    uint64_t error_code;
    uint64_t fault_address;
    /// Not 0 for 32-bit code, in compatibility mode with segments from 0 to 4 GiB: the upper halves of registers must be 0.
    uint64_t is_narrow;
    uint64_t reserved[2];
    /// FXSAVE area; at a multiple of 64 bytes in the thunk.
    uint8_t fxsave[512];
    /// What FLDENV loads before that and FNSTENV stores behind: FXSAVE and FXRSTOR of some processors leave the last instruction's opcode
    /// and addresses alone. Not stored where an instruction faults.
    uint8_t environment[32];
};

/// Maps the thunk's memory and takes over the signals of faults, for good, at the first call. Those of other code go to
/// whoever had them before. Returns 0 if instructions can be executed here.
int native_open(void);
/// Writes the 12 characters that CPUID leaf 0 gives for the processor's maker; zeros where it is none of x86-64.
void native_vendor(char *name);
/// EAX of CPUID leaf 1: family, model and stepping.
uint32_t native_signature(void);
/// Executes instructions of `length` bytes, 1 KiB at most, from `context`, which becomes what it is behind them, or where
/// one faulted. Calls from several threads wait for one another. Needs native_open.
void native_run(struct native_context *context, const uint8_t *bytes, int length);
/// Calls a function on a thread whose stack of 8 MiB was painted before. Returns how many bytes of it are no longer as they were, or -1
/// without a thread.
long native_stack_depth(void (*function)(void *), void *argument);
