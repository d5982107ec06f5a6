// Uses data, zeroed data, constants and thread-local storage, each initialised as the file says.
#include "support/hvt.h"

MANIFEST()

static volatile int data = 7;
static volatile uint8_t zeroed[5000];
static const volatile int constant = 11;
static _Thread_local volatile int own = 13;
static _Thread_local volatile int own_zeroed;

int unikernel(const boot_information *information) {
    (void)information;
    uint64_t sum = 0;
    for (uint64_t place = 0; place < sizeof zeroed; place += 499) sum += zeroed[place];
    put_number(data), put_text(" "), put_number(sum), put_text(" "), put_number(constant), put_text(" ");
    put_number(own), put_text(" "), put_number(own_zeroed), put_text("\n");
    data++, zeroed[4999]++, own++, own_zeroed++;
    put_number(data), put_text(" "), put_number(zeroed[4999]), put_text(" ");
    put_number(own), put_text(" "), put_number(own_zeroed), put_text("\n");
    return 0;
}
