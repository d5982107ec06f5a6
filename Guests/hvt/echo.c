// Sends every packet back with its addresses exchanged, until one comes whose first byte of content is 'q'.
#include "support/hvt.h"

MANIFEST(NETWORK("wire"))

enum { DEVICE = 1, HEADER = 14, LARGEST = 1514 };

static uint8_t packet[LARGEST];

static void exchange_addresses(void) {
    for (int place = 0; place < 6; place++) {
        uint8_t byte = packet[place];
        packet[place] = packet[6 + place];
        packet[6 + place] = byte;
    }
}

int unikernel(const boot_information *information) {
    (void)information;
    uint64_t size = sizeof packet;
    if (net_read(0, packet, &size) != INVALID) return 1;
    for (uint64_t count = 0, bytes = 0;;) {
        uint64_t ready = 0;
        poll(1000000000, &ready);
        for (;;) {
            size = sizeof packet;
            int result = net_read(DEVICE, packet, &size);
            if (result == AGAIN) break;
            if (result != DONE || size <= HEADER) return 2;
            count++, bytes += size;
            exchange_addresses();
            if (net_write(DEVICE, packet, size) != DONE) return 3;
            if (packet[HEADER] == 'q') {
                put_number(count), put_text(" packets, "), put_number(bytes), put_text(" bytes\n");
                return 0;
            }
        }
    }
}
