// Guests that come with the program, for people who try it. Each is a file's content.
#pragma once

#include <stddef.h>
#include <stdint.h>

extern const uint8_t example_racy_start[];
extern const uint8_t example_racy_end[];

/// The racy guest's file.
static inline const uint8_t *example_racy_data(void) { return example_racy_start; }

/// How many bytes the racy guest's file has.
static inline size_t example_racy_size(void) { return (size_t)(example_racy_end - example_racy_start); }
