// virtio-block: a virtio disk. Prints the text in its sector 1, writes sector 2 and reads it back, and has a sector
// refused that the disk does not have. Each request is a chain of three descriptors, each answer an interrupt.
#include "support/console.h"
#include "support/image.h"
#include "support/virtio.h"

#define REQUEST_READ 0
#define REQUEST_WRITE 1
#define OUTCOME_DONE 0
#define OUTCOME_FAILED 1

#define SECTORS 64
#define SECTOR_BYTES 512
#define SECTOR_WORDS 256

#define HEADER SCRATCH
#define OUTCOME (SCRATCH + 0x100)
#define FIRST (SCRATCH + 0x1000)
#define SECOND (SCRATCH + 0x2000)

// Does a request for one sector, the `number`th of all, and checks its result.
.macro request type, sector, address, flags, number, outcome
    movl $\type, HEADER
    movl $\sector, HEADER + 8
    describe 0, 0, HEADER, 16, VIRTIO_NEXT, next=1
    describe 0, 1, \address, SECTOR_BYTES, VIRTIO_NEXT + \flags, next=2
    describe 0, 2, OUTCOME, 1, VIRTIO_DEVICE_WRITES
    movb $0xff, OUTCOME
    offer 0, 0
    wait_for virtio_interrupts, \number
    cmpb $\outcome, OUTCOME
    must_be_equal
    cmpw $\number, VIRTIO_QUEUES + VIRTIO_USED + 2
    must_be_equal
.endm

begin_guest virtio_block
    start_real_mode
    enter_protected_mode start

start:
    start_protected_mode
    start_virtio VIRTIO_BLOCK, 1
    request REQUEST_READ, 1, FIRST, VIRTIO_DEVICE_WRITES, 1, OUTCOME_DONE
    mov $FIRST, %esi
    call print

    movl $0x12345678, FIRST
    request REQUEST_WRITE, 2, FIRST, 0, 2, OUTCOME_DONE
    request REQUEST_READ, 2, SECOND, VIRTIO_DEVICE_WRITES, 3, OUTCOME_DONE
    mov $FIRST, %esi
    mov $SECOND, %edi
    mov $SECTOR_WORDS, %ecx
    repe cmpsw
    must_be_equal
    request REQUEST_READ, SECTORS, SECOND, VIRTIO_DEVICE_WRITES, 4, OUTCOME_FAILED

    mov $AT(text), %esi
    call print
    exit_with 0

console_routines
virtio_routines

text:
    .asciz "virtio disk: read and written\n"

flat_descriptors
descriptors_end
gates_pointer

end_guest virtio_block
