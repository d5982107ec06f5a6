// power-off: switches the machine off as ACPI does, by writing the sleep type for soft-off and the sleep enable bit to
// PM1_CNT.
#include "support/console.h"
#include "support/image.h"
#include "support/pci.h"

#define POWER_DEVICE 1
#define POWER_FUNCTION 3
#define POWER_BASE 0x40
#define POWER_BASE_MASK 0xffc0
#define CONTROL 4
#define SLEEP_ENABLE 0x2000

begin_guest power_off
    start_real_mode
    mov $AT(text), %si
    call print
    read_configuration POWER_DEVICE, POWER_FUNCTION, POWER_BASE
    and $POWER_BASE_MASK, %eax
    mov %ax, %dx
    add $CONTROL, %dx
    // The PIIX4's soft-off is sleep type 0.
    mov $SLEEP_ENABLE, %ax
    out %ax, (%dx)
    exit_with 1

console_routines

text:
    .asciz "switching off\n"

end_guest power_off
