// pm-timer: the ACPI power management timer. Its ports are found in the configuration space of the PIIX4; it must advance
// by 10,000 ticks of its 3.58 MHz, never go back, and stay within its 24 bits.
#include "support/console.h"
#include "support/image.h"
#include "support/pci.h"

#define POWER_DEVICE 1
#define POWER_FUNCTION 3
#define POWER_BASE 0x40
#define POWER_BASE_MASK 0xffc0
#define TIMER 8
#define TIMER_MASK 0xffffff
#define TICKS 10000

begin_guest pm_timer
    start_real_mode
    read_configuration POWER_DEVICE, POWER_FUNCTION, POWER_BASE
    and $POWER_BASE_MASK, %eax
    mov %ax, %dx
    add $TIMER, %dx

    // EBX has the previous reading, ESI the ticks since the first.
    in (%dx), %eax
    mov %eax, %ebx
    xor %esi, %esi
next_reading:
    in (%dx), %eax
    cmp $TIMER_MASK, %eax
    ja wrong
    mov %eax, %ecx
    sub %ebx, %ecx
    and $TIMER_MASK, %ecx
    // More than half the range in one step means a step back.
    cmp $(TIMER_MASK / 2), %ecx
    ja wrong
    add %ecx, %esi
    mov %eax, %ebx
    cmp $TICKS, %esi
    jb next_reading

    mov $AT(text), %si
    call print
    exit_with 0
wrong:
    exit_with 1

console_routines

text:
    .asciz "PM timer: 10000 ticks\n"

end_guest pm_timer
