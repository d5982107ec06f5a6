// A driver for one virtio device over PCI (Virtual I/O Device 1.2), in 32-bit protected mode with interrupts by the 8259
// pair: finding the device, bringing it up, and queues of eight descriptors.
#pragma once

#include "gates.h"
#include "image.h"
#include "pci.h"
#include "timer.h"

// Vendor 0x1af4; devices from 0x1040 on, by type.
#define VIRTIO_NETWORK 0x10411af4
#define VIRTIO_BLOCK 0x10421af4
#define VIRTIO_CONSOLE 0x10431af4
#define VIRTIO_ENTROPY 0x10441af4

// Where the queues are, each with its descriptors, its available ring and its used ring.
#define VIRTIO_QUEUES 0x30000
#define VIRTIO_QUEUE_BYTES 0x1000
#define VIRTIO_AVAILABLE 0x800
#define VIRTIO_USED 0xc00
#define VIRTIO_QUEUE_SIZE 8

// Flags of a descriptor, and of an available ring.
#define VIRTIO_NEXT 1
#define VIRTIO_DEVICE_WRITES 2
#define VIRTIO_NO_INTERRUPT 1

// Structures by the type of their capability.
#define VIRTIO_COMMON 1
#define VIRTIO_NOTIFICATION 2
#define VIRTIO_INTERRUPT_STATUS 3
#define VIRTIO_STRUCTURE_TYPES 8
#define VIRTIO_VENDOR_CAPABILITY 0x09

// Common configuration.
#define VIRTIO_FEATURE_SELECT 0x08
#define VIRTIO_FEATURES 0x0c
#define VIRTIO_STATUS 0x14
#define VIRTIO_QUEUE_SELECT 0x16
#define VIRTIO_SIZE 0x18
#define VIRTIO_ENABLE 0x1c
#define VIRTIO_DESCRIPTORS_ADDRESS 0x20
#define VIRTIO_AVAILABLE_ADDRESS 0x28
#define VIRTIO_USED_ADDRESS 0x30

#define VIRTIO_ACKNOWLEDGE 0x01
#define VIRTIO_DRIVER 0x03
#define VIRTIO_FEATURES_OK 0x0b
#define VIRTIO_DRIVER_OK 0x0f
// Feature 32: a device of version 1.
#define VIRTIO_VERSION_1 1

// The lines to which the board routes virtio devices, 10 and 11.
#define VIRTIO_LINE_10 (CLOCK_VECTOR + 2)
#define VIRTIO_LINE_11 (CLOCK_VECTOR + 3)

// Brings a device with `queues` queues up and opens its interrupt. Interrupts must be off.
.macro start_virtio identification, queues
    set_gate VIRTIO_LINE_10, virtio_interrupt
    set_gate VIRTIO_LINE_11, virtio_interrupt
    load_gates
    start_interrupt_controllers 0xfb, 0xf3
    mov $\identification, %edi
    mov $\queues, %ebp
    call virtio_start
.endm

// Sets a descriptor of a queue.
.macro describe queue, number, address, count, flags, next=0
    movl $\address, VIRTIO_QUEUES + \queue * VIRTIO_QUEUE_BYTES + \number * 16
    movl $0, VIRTIO_QUEUES + \queue * VIRTIO_QUEUE_BYTES + \number * 16 + 4
    movl $\count, VIRTIO_QUEUES + \queue * VIRTIO_QUEUE_BYTES + \number * 16 + 8
    movw $(\flags), VIRTIO_QUEUES + \queue * VIRTIO_QUEUE_BYTES + \number * 16 + 12
    movw $\next, VIRTIO_QUEUES + \queue * VIRTIO_QUEUE_BYTES + \number * 16 + 14
.endm

// Offers the buffer that begins with a descriptor, and tells the device. Changes EAX.
.macro offer queue, head
    movzwl VIRTIO_QUEUES + \queue * VIRTIO_QUEUE_BYTES + VIRTIO_AVAILABLE + 2, %eax
    and $(VIRTIO_QUEUE_SIZE - 1), %eax
    movw $\head, VIRTIO_QUEUES + \queue * VIRTIO_QUEUE_BYTES + VIRTIO_AVAILABLE + 4(, %eax, 2)
    incw VIRTIO_QUEUES + \queue * VIRTIO_QUEUE_BYTES + VIRTIO_AVAILABLE + 2
    mov AT(virtio_structures + VIRTIO_NOTIFICATION * 4), %eax
    movw $\queue, (\queue * 4)(%eax)
.endm

// Waits until the device has used as many buffers as BX says and one more, counts that one in EBX, and takes the number of its
// bytes into ECX, from the element of the used ring. `used` is the queue's used ring. Interrupts must be off. Changes EAX.
.macro await_buffer used
wait\@:
    cmp %bx, \used + 2
    jne received\@
    sti
    hlt
    cli
    jmp wait\@
received\@:
    mov %ebx, %eax
    and $(VIRTIO_QUEUE_SIZE - 1), %eax
    mov \used + 8(, %eax, 8), %ecx
    inc %ebx
.endm

.macro virtio_routines

// Four bytes of configuration space at ECX, into EAX and from EAX. Changes DX.
virtio_read_configuration:
    mov %ecx, %eax
    mov $CONFIGURATION_ADDRESS, %dx
    out %eax, (%dx)
    mov $CONFIGURATION_DATA, %dx
    in (%dx), %eax
    ret
virtio_write_configuration:
    push %eax
    mov %ecx, %eax
    mov $CONFIGURATION_ADDRESS, %dx
    out %eax, (%dx)
    pop %eax
    mov $CONFIGURATION_DATA, %dx
    out %eax, (%dx)
    ret

// Finds the device with the identification EDI, and brings it up with EBP queues.
virtio_start:
    mov $CONFIGURATION_ENABLE, %ecx
.Lvirtio_next_device:
    call virtio_read_configuration
    cmp %edi, %eax
    je .Lvirtio_found
    add $CONFIGURATION_NEXT_DEVICE, %ecx
    cmp $(CONFIGURATION_ENABLE + CONFIGURATION_DEVICES * CONFIGURATION_NEXT_DEVICE), %ecx
    jne .Lvirtio_next_device
    exit_with 2

.Lvirtio_found:
    mov %ecx, %esi
    lea PCI_COMMAND(%esi), %ecx
    mov $PCI_MEMORY_AND_BUS_MASTER, %eax
    call virtio_write_configuration
    lea PCI_BASE_ADDRESS_0(%esi), %ecx
    call virtio_read_configuration
    and $~0xf, %eax
    mov %eax, %edi

    // Each capability says where one of the structures is: an offset from the base address.
    lea PCI_CAPABILITIES(%esi), %ecx
    call virtio_read_configuration
    movzbl %al, %ebx
.Lvirtio_next_capability:
    test %ebx, %ebx
    jz .Lvirtio_reset
    lea (%esi, %ebx), %ecx
    call virtio_read_configuration
    movzbl %ah, %ebx
    cmp $VIRTIO_VENDOR_CAPABILITY, %al
    jne .Lvirtio_next_capability
    shr $24, %eax
    push %eax
    add $8, %ecx
    call virtio_read_configuration
    add %edi, %eax
    pop %ecx
    and $(VIRTIO_STRUCTURE_TYPES - 1), %ecx
    mov %eax, AT(virtio_structures)(, %ecx, 4)
    jmp .Lvirtio_next_capability

    // Reset, then what the driver is and which features it takes: none but the version.
.Lvirtio_reset:
    mov AT(virtio_structures + VIRTIO_COMMON * 4), %ebx
    movb $0, VIRTIO_STATUS(%ebx)
    movb $VIRTIO_ACKNOWLEDGE, VIRTIO_STATUS(%ebx)
    movb $VIRTIO_DRIVER, VIRTIO_STATUS(%ebx)
    movl $1, VIRTIO_FEATURE_SELECT(%ebx)
    movl $VIRTIO_VERSION_1, VIRTIO_FEATURES(%ebx)
    movb $VIRTIO_FEATURES_OK, VIRTIO_STATUS(%ebx)
    cmpb $VIRTIO_FEATURES_OK, VIRTIO_STATUS(%ebx)
    must_be_equal

    // The queues, the last one first.
    mov $VIRTIO_QUEUES, %ecx
    mov %ebp, %eax
    imul $VIRTIO_QUEUE_BYTES, %eax, %eax
    add %eax, %ecx
.Lvirtio_next_queue:
    dec %ebp
    sub $VIRTIO_QUEUE_BYTES, %ecx
    mov %bp, VIRTIO_QUEUE_SELECT(%ebx)
    movw $VIRTIO_QUEUE_SIZE, VIRTIO_SIZE(%ebx)
    mov %ecx, VIRTIO_DESCRIPTORS_ADDRESS(%ebx)
    lea VIRTIO_AVAILABLE(%ecx), %eax
    mov %eax, VIRTIO_AVAILABLE_ADDRESS(%ebx)
    lea VIRTIO_USED(%ecx), %eax
    mov %eax, VIRTIO_USED_ADDRESS(%ebx)
    movw $1, VIRTIO_ENABLE(%ebx)
    test %ebp, %ebp
    jnz .Lvirtio_next_queue
    movb $VIRTIO_DRIVER_OK, VIRTIO_STATUS(%ebx)
    ret

// The handler: counts. Reading the interrupt status lowers the line.
virtio_interrupt:
    push %eax
    mov AT(virtio_structures + VIRTIO_INTERRUPT_STATUS * 4), %eax
    movb (%eax), %al
    incl AT(virtio_interrupts)
    mov $PIC_END_OF_INTERRUPT, %al
    out %al, $PIC_SLAVE_COMMAND
    out %al, $PIC_MASTER_COMMAND
    pop %eax
    iret

    .balign 4
virtio_structures:
    .fill VIRTIO_STRUCTURE_TYPES, 4, 0
virtio_interrupts:
    .long 0

.endm
