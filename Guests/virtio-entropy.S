// virtio-entropy: a virtio source of random numbers. Asks for 16 bytes and gets them all; then for 16 others, which differ.
#include "support/console.h"
#include "support/image.h"
#include "support/virtio.h"

#define BYTES 16
#define FIRST SCRATCH
#define SECOND (SCRATCH + BYTES)
#define USED (VIRTIO_QUEUES + VIRTIO_USED)

begin_guest virtio_entropy
    start_real_mode
    enter_protected_mode start

start:
    start_protected_mode
    start_virtio VIRTIO_ENTROPY, 1
    describe 0, 0, FIRST, BYTES, VIRTIO_DEVICE_WRITES
    offer 0, 0
    wait_for virtio_interrupts, 1
    cmpl $BYTES, USED + 8
    must_be_equal
    describe 0, 0, SECOND, BYTES, VIRTIO_DEVICE_WRITES
    offer 0, 0
    wait_for virtio_interrupts, 2
    cmpl $BYTES, USED + 16
    must_be_equal
    mov $FIRST, %esi
    mov $SECOND, %edi
    mov $(BYTES / 4), %ecx
    repe cmpsl
    je wrong

    mov $AT(text), %esi
    call print
    exit_with 0
wrong:
    exit_with 2

console_routines
virtio_routines

text:
    .asciz "virtio entropy: 32 bytes\n"

flat_descriptors
descriptors_end
gates_pointer

end_guest virtio_entropy
