// virtio-console: a virtio console. Shows a prompt, and sends back what is typed, up to the end of the line.
#include "support/console.h"
#include "support/image.h"
#include "support/virtio.h"

#define RECEIVE 0
#define TRANSMIT 1
// Shorter than the line, which therefore takes several.
#define RECEIVE_BYTES 8

#define RECEIVED SCRATCH
#define RECEIVE_USED (VIRTIO_QUEUES + RECEIVE * VIRTIO_QUEUE_BYTES + VIRTIO_USED)
#define TRANSMIT_FLAGS (VIRTIO_QUEUES + TRANSMIT * VIRTIO_QUEUE_BYTES + VIRTIO_AVAILABLE)
#define TRANSMIT_COUNT (VIRTIO_QUEUES + TRANSMIT * VIRTIO_QUEUE_BYTES + 8)

begin_guest virtio_console
    start_real_mode
    enter_protected_mode start

start:
    start_protected_mode
    start_virtio VIRTIO_CONSOLE, 2
    // What is sent is consumed at once.
    movw $VIRTIO_NO_INTERRUPT, TRANSMIT_FLAGS

    describe TRANSMIT, 0, AT(prompt), "(prompt_end - prompt)", 0
    offer TRANSMIT, 0
    describe TRANSMIT, 0, RECEIVED, 0, 0
    describe RECEIVE, 0, RECEIVED, RECEIVE_BYTES, VIRTIO_DEVICE_WRITES

    // BX counts the buffers that came back.
    xor %ebx, %ebx
next_buffer:
    offer RECEIVE, 0
    await_buffer RECEIVE_USED
    mov %ecx, TRANSMIT_COUNT
    offer TRANSMIT, 0
    cmpb $'\n', RECEIVED - 1(%ecx)
    jne next_buffer
    exit_with 0

virtio_routines

prompt:
    .ascii "virtio> "
prompt_end:

flat_descriptors
descriptors_end
gates_pointer

end_guest virtio_console
