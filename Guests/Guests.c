#include "Guests.h"

#include "support/image.h"

#define SPINNING(symbol, ...) GUEST(symbol, __VA_ARGS__, .spins_until_interrupted = true)

#define TICKED .is_ticked = true

#define EXPERIMENTS(symbol, ...) GUEST(symbol, __VA_ARGS__, .console = guest_##symbol##_console, .has_experiments = true)

#define BOOTED(symbol, ...) GUEST(symbol, __VA_ARGS__, .boot = GUEST_SAYS_HOW)

#define GUEST(symbol, ...)                                                                                             \
    extern const uint8_t guest_##symbol##_start[], guest_##symbol##_end[];                                             \
    extern const char guest_##symbol##_console[];
#include "list.h"
#undef GUEST

#define GUEST(symbol, guest_name, guest_purpose, ...)                                                                  \
    {.name = guest_name,                                                                                               \
     .purpose = guest_purpose,                                                                                         \
     .image = guest_##symbol##_start,                                                                                  \
     .image_end = guest_##symbol##_end,                                                                                \
     .load_address = LOAD_ADDRESS,                                                                                     \
     __VA_ARGS__},
static const guest guests[] = {
#include "list.h"
};
#undef GUEST

size_t guest_count(void) {
    return sizeof guests / sizeof guests[0];
}

const guest *guest_at(size_t index) {
    return index < guest_count() ? &guests[index] : NULL;
}
