// The local APIC's and the I/O APIC's registers, in memory.
#pragma once

#define LOCAL_APIC 0xfee00000
#define LOCAL_APIC_VERSION (LOCAL_APIC + 0x030)
#define LOCAL_APIC_TASK_PRIORITY (LOCAL_APIC + 0x080)
#define LOCAL_APIC_END_OF_INTERRUPT (LOCAL_APIC + 0x0b0)
#define LOCAL_APIC_SPURIOUS (LOCAL_APIC + 0x0f0)
#define LOCAL_APIC_COMMAND (LOCAL_APIC + 0x300)
#define LOCAL_APIC_TIMER (LOCAL_APIC + 0x320)
#define LOCAL_APIC_INITIAL_COUNT (LOCAL_APIC + 0x380)
#define LOCAL_APIC_CURRENT_COUNT (LOCAL_APIC + 0x390)
#define LOCAL_APIC_DIVIDER (LOCAL_APIC + 0x3e0)

// The in-service and request registers that contain the given vector, 32 to a register.
#define LOCAL_APIC_IN_SERVICE(vector) (LOCAL_APIC + 0x100 + (vector) / 32 * 16)
#define LOCAL_APIC_REQUESTED(vector) (LOCAL_APIC + 0x200 + (vector) / 32 * 16)
#define VECTOR_BIT(vector) (1 << ((vector) & 31))

#define LOCAL_APIC_ENABLE 0x100
#define LOCAL_APIC_MASKED 0x10000
#define LOCAL_APIC_PERIODIC 0x20000
#define LOCAL_APIC_TO_SELF 0x44000
#define LOCAL_APIC_DIVIDE_BY_1 0x0b
// Ticks in a millisecond: the timer counts at 1 GHz.
#define LOCAL_APIC_MILLISECOND 1000000

#define IO_APIC_SELECT 0xfec00000
#define IO_APIC_DATA 0xfec00010
#define IO_APIC_VERSION 0x01
#define IO_APIC_REDIRECTION 0x10
#define IO_APIC_LEVEL 0x8000
#define IO_APIC_MASKED 0x10000
#define IO_APIC_IN_SERVICE 0x4000

// In 32-bit code with flat segments: writes the low half of a pin's redirection entry.
.macro redirect pin, value
    movl $(IO_APIC_REDIRECTION + \pin * 2), IO_APIC_SELECT
    movl $(\value), IO_APIC_DATA
.endm
