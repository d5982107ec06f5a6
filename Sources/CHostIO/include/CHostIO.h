// What Swift cannot call: GNU's additions to poll and pipe, and requests to network interfaces by a variadic ioctl.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Makes an open /dev/net/tun the other end of a tap interface that exists (TUNSETIFF). 0, or errno.
int chostio_attach(int descriptor, const char *name);

/// The MTU of an interface that is up (SIOCGIFFLAGS, SIOCGIFMTU), or minus errno.
int chostio_mtu(const char *name);

/// A pipe whose ends are not inherited and never block. 0, or -1.
int chostio_pipe(int ends[2]);

/// Waits until one of at most 72 descriptors is readable (negative ones are passed over), until a signal comes, or for so
/// many nanoseconds; UINT64_MAX for no limit.
void chostio_wait(const int *descriptors, size_t count, uint64_t nanoseconds);
