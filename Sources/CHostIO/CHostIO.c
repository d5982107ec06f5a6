#define _GNU_SOURCE
#include "CHostIO.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int chostio_attach(int descriptor, const char *name) {
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    if (strlen(name) >= IFNAMSIZ) return EINVAL;
    strcpy(request.ifr_name, name);
    return ioctl(descriptor, TUNSETIFF, &request) == 0 ? 0 : errno;
}

int chostio_mtu(const char *name) {
    struct ifreq request = {0};
    if (strlen(name) >= IFNAMSIZ) return -EINVAL;
    strcpy(request.ifr_name, name);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    int result = 0;
    if (ioctl(descriptor, SIOCGIFFLAGS, &request) != 0) {
        result = -errno;
    } else if (!(request.ifr_flags & IFF_UP)) {
        result = -ENETDOWN;
    } else {
        result = ioctl(descriptor, SIOCGIFMTU, &request) == 0 ? request.ifr_mtu : -errno;
    }
    close(descriptor);
    return result;
}

int chostio_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK);
}

void chostio_wait(const int *descriptors, size_t count, uint64_t nanoseconds) {
    struct pollfd entries[72];
    size_t used = count < 72 ? count : 72;
    for (size_t index = 0; index < used; index++) {
        entries[index] = (struct pollfd){.fd = descriptors[index], .events = POLLIN};
    }
    struct timespec time = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
    ppoll(entries, used, nanoseconds == UINT64_MAX ? NULL : &time, NULL);
}
