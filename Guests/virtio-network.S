// virtio-network: a virtio network card. Sends every packet back to the wire that it came from, up to the one whose content
// begins with 'q'. A packet is read and sent in the same place, behind the header that the card puts in front of it.
#include "support/console.h"
#include "support/image.h"
#include "support/virtio.h"

#define RECEIVE 0
#define TRANSMIT 1
#define HEADER_BYTES 12
#define ETHERNET_BYTES 14
#define LARGEST_BYTES (HEADER_BYTES + 1514)

#define RECEIVED SCRATCH
#define RECEIVE_USED (VIRTIO_QUEUES + RECEIVE * VIRTIO_QUEUE_BYTES + VIRTIO_USED)
#define TRANSMIT_FLAGS (VIRTIO_QUEUES + TRANSMIT * VIRTIO_QUEUE_BYTES + VIRTIO_AVAILABLE)
#define TRANSMIT_COUNT (VIRTIO_QUEUES + TRANSMIT * VIRTIO_QUEUE_BYTES + 8)

begin_guest virtio_network
    start_real_mode
    enter_protected_mode start

start:
    start_protected_mode
    start_virtio VIRTIO_NETWORK, 2
    // What is sent is consumed at once.
    movw $VIRTIO_NO_INTERRUPT, TRANSMIT_FLAGS
    describe TRANSMIT, 0, RECEIVED, 0, 0
    describe RECEIVE, 0, RECEIVED, LARGEST_BYTES, VIRTIO_DEVICE_WRITES

    // BX counts the buffers that came back, EBP the bytes of packets.
    xor %ebx, %ebx
    xor %ebp, %ebp
next_packet:
    offer RECEIVE, 0
    await_buffer RECEIVE_USED
    lea -HEADER_BYTES(%ebp, %ecx), %ebp
    mov %ecx, TRANSMIT_COUNT
    offer TRANSMIT, 0
    cmpb $'q', RECEIVED + HEADER_BYTES + ETHERNET_BYTES
    jne next_packet

    mov $AT(text), %esi
    call print
    mov %ebp, %eax
    call print_hex
    mov $AT(end_of_line), %esi
    call print
    exit_with 0

console_routines
virtio_routines

text:
    .asciz "virtio network: bytes "
end_of_line:
    .asciz "\n"

flat_descriptors
descriptors_end
gates_pointer

end_guest virtio_network
