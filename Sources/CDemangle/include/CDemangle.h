// What the runtimes of C++ and Swift export without a header: the readable forms of their compilers' names. No logic.
#pragma once

#include <stddef.h>

#pragma clang assume_nonnull begin

/// abi::__cxa_demangle (Itanium C++ ABI, 3.4): the readable form of a name that ends with a zero, to be freed; null if it is not
/// one of C++.
char *_Nullable cdemangle_cxx(const char *name);

/// swift_demangle of the Swift runtime: the readable form of a name, to be freed; null if it is not one of Swift.
char *_Nullable cdemangle_swift(const char *name, size_t length);

#pragma clang assume_nonnull end
