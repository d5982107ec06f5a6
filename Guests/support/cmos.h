// The battery-backed clock's registers and their interrupt. Works in every mode.
#pragma once

#include "image.h"

#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define CMOS_SECONDS_ALARM 0x01
#define CMOS_MINUTES_ALARM 0x03
#define CMOS_HOURS_ALARM 0x05
#define CMOS_STATUS_A 0x0a
#define CMOS_STATUS_B 0x0b
#define CMOS_STATUS_C 0x0c

#define CMOS_ANY 0xc0
#define CMOS_RATE_1024_HERTZ 0x26
#define CMOS_DIVIDER_RESET 0x76
#define CMOS_24_HOURS 0x02
#define CMOS_ALARM_INTERRUPT 0x20
#define CMOS_PERIODIC_INTERRUPT 0x40
#define CMOS_INTERRUPTED 0x80

// Writes a register. Changes AL.
.macro cmos_write register, value
    mov $\register, %al
    out %al, $CMOS_INDEX
    mov $(\value), %al
    out %al, $CMOS_DATA
.endm

// Reads a register into AL.
.macro cmos_read register
    mov $\register, %al
    out %al, $CMOS_INDEX
    in $CMOS_DATA, %al
.endm
