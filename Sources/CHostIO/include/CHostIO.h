// What Swift cannot call: GNU's additions to poll and pipe, requests to network interfaces by a variadic ioctl, a lock by a
// variadic fcntl, CPUID, and Landlock's system calls, which the C library has no functions for; and what a handler of signals does.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Makes an open /dev/net/tun the other end of a tap interface that exists (TUNSETIFF). 0, or errno.
int chostio_attach(int descriptor, const char *name);

/// The MTU of an interface that is up (SIOCGIFFLAGS, SIOCGIFMTU), or minus errno.
int chostio_mtu(const char *name);

/// What CPUID gives for a leaf, subleaf 0.
struct chostio_cpuid {
    uint32_t eax, ebx, ecx, edx;
};
struct chostio_cpuid chostio_cpuid(uint32_t leaf);

/// A pipe whose ends are not inherited and never block. 0, or -1.
int chostio_pipe(int ends[2]);

/// Locks all of a file that is open for writing, for this opening of it and nobody else (F_OFD_SETLK), as long as it is
/// open. 0, or errno: EAGAIN where somebody else holds a lock on any part of it.
int chostio_lock(int descriptor);

/// Puts the terminal of this descriptor into raw mode, but for what is written to it, until chostio_terminal_restore, and
/// has a crash of this process restore it too. 0, or -1.
int chostio_terminal_make_raw(int descriptor);

/// The terminal is as it was before chostio_terminal_make_raw. Does nothing where that was not called.
void chostio_terminal_restore(void);

/// Waits until one of at most 72 descriptors is readable (negative ones are passed over), until a signal comes, or for so
/// many nanoseconds; UINT64_MAX for no limit.
void chostio_wait(const int *descriptors, size_t count, uint64_t nanoseconds);

/// The processors that this process may run on, at least 1. Asks the scheduler, not files.
int chostio_processor_count(void);

/// The version of the kernel's Landlock interface, from 1 on, or minus errno where the kernel has none.
int chostio_landlock_version(void);

/// What a process keeps besides what `chostio_restrict_files` leaves it.
enum chostio_kept {
    /// Making, renaming and removing files and links below the directories.
    CHOSTIO_KEEPS_CHANGES = 1,
    /// Binding and connecting TCP sockets.
    CHOSTIO_KEEPS_TCP = 2,
};

/// Keeps this thread, and those that it starts from here on, from opening, making, renaming and removing files anywhere but
/// below these open directories, where files may be read; from executing any; and, as far as the kernel can, from TCP, and from
/// signals and abstract sockets of other processes. `kept` has bits of `chostio_kept`. What is open already stays usable. Sets
/// PR_SET_NO_NEW_PRIVS. 0, or errno.
int chostio_restrict_files(const int *directories, size_t count, int kept);
