#define _GNU_SOURCE
#include "CKVM.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

int ckvm_ioctl_int(int fd, unsigned long request, unsigned long argument) { return ioctl(fd, request, argument); }

int ckvm_ioctl_ptr(int fd, unsigned long request, void *argument) { return ioctl(fd, request, argument); }

int ckvm_open(const char *path) { return open(path, O_RDWR | O_CLOEXEC); }

int ckvm_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int ckvm_signal_thread(pid_t thread, int signal) { return (int)syscall(SYS_tgkill, getpid(), thread, signal); }

pid_t ckvm_thread_id(void) { return (pid_t)syscall(SYS_gettid); }

static _Thread_local pid_t thread_slot;

pid_t *ckvm_thread_slot(void) { return &thread_slot; }

const char *ckvm_errno_name(int value) { return strerrorname_np(value); }

static void empty_handler(int signal) { (void)signal; }

int ckvm_install_empty_handler(int signal) {
    struct sigaction action = {.sa_handler = empty_handler};
    return sigaction(signal, &action, NULL);
}

int ckvm_unblock_signal(int signal) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    return pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
