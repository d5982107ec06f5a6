// PCI configuration mechanism 1. Works in every mode.
#pragma once

#include "image.h"

#define CONFIGURATION_ADDRESS 0xcf8
#define CONFIGURATION_DATA 0xcfc
#define CONFIGURATION_ENABLE 0x80000000
#define CONFIGURATION_NEXT_DEVICE 0x800
#define CONFIGURATION_DEVICES 32

#define PCI_COMMAND 0x04
#define PCI_MEMORY_AND_BUS_MASTER 0x06
#define PCI_BASE_ADDRESS_0 0x10
#define PCI_CAPABILITIES 0x34

// Reads four bytes of bus 0's configuration space into EAX. Changes DX.
.macro read_configuration device, function, register
    mov $(CONFIGURATION_ENABLE + (\device << 11) + (\function << 8) + \register), %eax
    mov $CONFIGURATION_ADDRESS, %dx
    out %eax, (%dx)
    mov $CONFIGURATION_DATA, %dx
    in (%dx), %eax
.endm
