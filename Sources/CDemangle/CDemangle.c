#include "CDemangle.h"

#include <stdint.h>

extern char *__cxa_demangle(const char *name, char *buffer, size_t *length, int *status);
extern char *swift_demangle(const char *name, size_t length, char *buffer, size_t *size, uint32_t flags);

char *cdemangle_cxx(const char *name) {
    int status;
    return __cxa_demangle(name, NULL, NULL, &status);
}

char *cdemangle_swift(const char *name, size_t length) {
    return swift_demangle(name, length, NULL, NULL, 0);
}
