// pci-scan: looks for every device of PCI bus 0 with configuration mechanism 1. Prints the device number and
// identification of each that answers; exits with code 0.
#include "support/console.h"
#include "support/image.h"
#include "support/pci.h"

#define NO_VENDOR 0xffff

begin_guest pci_scan
    start_real_mode
    mov $CONFIGURATION_ENABLE, %esi

next_device:
    // Register 0 of function 0: vendor below, device above.
    mov %esi, %eax
    mov $CONFIGURATION_ADDRESS, %dx
    out %eax, (%dx)
    mov $CONFIGURATION_DATA, %dx
    in (%dx), %eax
    cmp $NO_VENDOR, %ax
    je absent

    // "device identification"
    mov %eax, %edi
    mov %esi, %eax
    shr $11, %eax
    and $0x1f, %al
    call print_hex_byte
    mov $' ', %al
    call print_character
    mov %edi, %eax
    call print_hex
    call print_newline

absent:
    add $CONFIGURATION_NEXT_DEVICE, %esi
    cmp $(CONFIGURATION_ENABLE + CONFIGURATION_DEVICES * CONFIGURATION_NEXT_DEVICE), %esi
    jne next_device
    exit_with 0

console_routines

end_guest pci_scan
