#define _GNU_SOURCE
#include "CHostIO.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/landlock.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

// Swift's runtime takes a SIGQUIT that comes while it starts for a crash, looks for its reporter, and forgets the signal. Before
// that and all other initialisation, this keeps the signal pending until the program asks for it.
static void hold_quit(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

__attribute__((section(".preinit_array"), used)) static void (*const hold_quit_entry)(void) = hold_quit;

int chostio_attach(int descriptor, const char *name) {
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    if (strlen(name) >= IFNAMSIZ) return EINVAL;
    strcpy(request.ifr_name, name);
    return ioctl(descriptor, TUNSETIFF, &request) == 0 ? 0 : errno;
}

struct chostio_cpuid chostio_cpuid(uint32_t leaf) {
    struct chostio_cpuid result;
    __cpuid_count(leaf, 0, result.eax, result.ebx, result.ecx, result.edx);
    return result;
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

int chostio_processor_count(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

int chostio_landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version < 0 ? -errno : (int)version;
}

// struct landlock_ruleset_attr as version 6 has it; the headers of the build may be older. Each version only added to it.
struct ruleset {
    uint64_t files;
    uint64_t network; // from version 4 on
    uint64_t scope;   // from version 6 on
};

int chostio_restrict_files(const int *directories, size_t count, int kept) {
    int version = chostio_landlock_version();
    if (version < 0) return -version;
    // Versions 1 and later know thirteen rights to files; REFER came with 2, TRUNCATE with 3, IOCTL_DEV with 5, which is left
    // alone: it speaks of devices that are opened later.
    uint64_t rights = (1ULL << 13) - 1;
    uint64_t allowed = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    uint64_t changes = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM |
                       LANDLOCK_ACCESS_FS_REMOVE_FILE;
    if (version >= 2) rights |= 1ULL << 13;
    if (version >= 3) {
        rights |= 1ULL << 14;
        changes |= 1ULL << 14;
    }
    if (kept & CHOSTIO_KEEPS_CHANGES) allowed |= changes;
    struct ruleset attributes = {.files = rights};
    size_t size = sizeof(uint64_t);
    if (version >= 4) {
        attributes.network = kept & CHOSTIO_KEEPS_TCP ? 0 : 3; // binding and connecting TCP sockets
        size = 2 * sizeof(uint64_t);
    }
    if (version >= 6) {
        attributes.scope = 3; // abstract UNIX sockets and signals
        size = 3 * sizeof(uint64_t);
    }
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) return errno;
    int result = 0;
    for (size_t index = 0; index < count && result == 0; index++) {
        struct landlock_path_beneath_attr rule = {.allowed_access = allowed, .parent_fd = directories[index]};
        if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) result = errno;
    }
    if (result == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) result = errno;
    if (result == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) result = errno;
    close(ruleset);
    return result;
}

int chostio_lock(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(descriptor, F_OFD_SETLK, &lock) == 0) return 0;
    return errno == EACCES ? EAGAIN : errno;
}

// In C because a handler of signals may touch nothing but what is here: no run time, no lock.

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
enum { crash_count = sizeof crashes / sizeof *crashes };
static struct sigaction former_actions[crash_count];
static struct termios former_settings;
static atomic_int raw_terminal = -1;

void chostio_terminal_restore(void) {
    int descriptor = atomic_exchange(&raw_terminal, -1);
    if (descriptor >= 0) tcsetattr(descriptor, TCSADRAIN, &former_settings);
}

static void restore_and_crash(int signal, siginfo_t *information, void *context) {
    int descriptor = atomic_exchange(&raw_terminal, -1);
    // At once: nobody may read what is still to be shown.
    if (descriptor >= 0) tcsetattr(descriptor, TCSANOW, &former_settings);
    // Who wanted to tell of the crash does so, and the process ends whatever comes of that.
    for (int index = 0; index < crash_count; index++) {
        const struct sigaction *former = &former_actions[index];
        if (crashes[index] != signal) continue;
        if (former->sa_flags & SA_SIGINFO) {
            former->sa_sigaction(signal, information, context);
        } else if (former->sa_handler != SIG_DFL && former->sa_handler != SIG_IGN) {
            former->sa_handler(signal);
        }
    }
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(signal, &usual, NULL);
    raise(signal);
}

int chostio_terminal_make_raw(int descriptor) {
    static int has_handlers;
    struct termios raw;
    if (tcgetattr(descriptor, &former_settings) != 0) return -1;
    raw = former_settings;
    cfmakeraw(&raw);
    // Lines of other programs, this one's own messages among them, still end where they should.
    raw.c_oflag = former_settings.c_oflag;
    if (!has_handlers) {
        struct sigaction action = {.sa_sigaction = restore_and_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
        for (int index = 0; index < crash_count; index++) sigaction(crashes[index], &action, &former_actions[index]);
        has_handlers = 1;
    }
    if (tcsetattr(descriptor, TCSADRAIN, &raw) != 0) return -1;
    atomic_store(&raw_terminal, descriptor);
    return 0;
}
