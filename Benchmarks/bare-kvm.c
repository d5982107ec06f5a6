// The yardstick: the least that a program around KVM can do. Loads a flat image at 0x7c00, enters it in real mode and
// answers its ports in a bare KVM_RUN loop: no devices, no recording, nothing checked that does not end the run.
// What rr-vm takes longer for the same guest is the price of what it does.
//
//     bare-kvm IMAGE       the exit status is the guest's exit code
#include <err.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    MEMORY_SIZE = 128 << 20,
    LOAD_ADDRESS = 0x7c00,
    COM1_DATA = 0x3f8,
    COM1_LINE_STATUS = 0x3fd,
    COM1_SCRATCH = 0x3ff,
    EXIT_PORT = 0xf4,
    TRANSMITTER_IDLE = 0x60,
};

// An ioctl that must succeed.
static int control(int descriptor, unsigned long request, void *argument, const char *name) {
    int result = ioctl(descriptor, request, argument);
    if (result < 0)
        err(EX_UNAVAILABLE, "%s", name);
    return result;
}

// Guest memory with the image in it.
static uint8_t *load(const char *path) {
    uint8_t *memory =
        mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        err(EX_OSERR, "mmap");
    FILE *image = fopen(path, "rb");
    if (image == NULL)
        err(EX_NOINPUT, "%s", path);
    if (fread(memory + LOAD_ADDRESS, 1, MEMORY_SIZE - LOAD_ADDRESS, image) == 0)
        errx(EX_NOINPUT, "%s: empty", path);
    fclose(image);
    return memory;
}

// One port access: writes are printed, kept or ignored, reads answered as rr-vm's board does.
static void access_port(uint16_t port, int is_write, uint8_t size, uint8_t *data) {
    static uint8_t scratch;
    if (is_write) {
        if (port == EXIT_PORT) {
            fflush(stdout);
            exit(data[0]);
        } else if (port == COM1_DATA) {
            putchar(data[0]);
        } else if (port == COM1_SCRATCH) {
            scratch = data[0];
        }
        return;
    }
    memset(data, 0xff, size);
    if (port == COM1_LINE_STATUS)
        data[0] = TRANSMITTER_IDLE;
    else if (port == COM1_SCRATCH)
        data[0] = scratch;
}

int main(int count, char **arguments) {
    if (count != 2)
        errx(EX_USAGE, "usage: bare-kvm IMAGE");

    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (kvm < 0)
        err(EX_UNAVAILABLE, "/dev/kvm");
    int vm = control(kvm, KVM_CREATE_VM, NULL, "KVM_CREATE_VM");
    struct kvm_userspace_memory_region region = {
        .memory_size = MEMORY_SIZE,
        .userspace_addr = (uintptr_t)load(arguments[1]),
    };
    control(vm, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");

    int vcpu = control(vm, KVM_CREATE_VCPU, NULL, "KVM_CREATE_VCPU");
    int run_size = control(kvm, KVM_GET_VCPU_MMAP_SIZE, NULL, "KVM_GET_VCPU_MMAP_SIZE");
    struct kvm_run *run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    if (run == MAP_FAILED)
        err(EX_OSERR, "mmap");

    // Real mode at 0:7C00, as the processor's reset leaves the rest.
    struct kvm_sregs segments;
    control(vcpu, KVM_GET_SREGS, &segments, "KVM_GET_SREGS");
    segments.cs.base = 0;
    segments.cs.selector = 0;
    control(vcpu, KVM_SET_SREGS, &segments, "KVM_SET_SREGS");
    struct kvm_regs registers = {.rip = LOAD_ADDRESS, .rflags = 2};
    control(vcpu, KVM_SET_REGS, &registers, "KVM_SET_REGS");

    for (;;) {
        control(vcpu, KVM_RUN, NULL, "KVM_RUN");
        if (run->exit_reason != KVM_EXIT_IO)
            errx(EX_SOFTWARE, "the guest left with exit reason %u", run->exit_reason);
        uint8_t *data = (uint8_t *)run + run->io.data_offset;
        for (uint32_t i = 0; i < run->io.count; i++, data += run->io.size)
            access_port(run->io.port, run->io.direction == KVM_EXIT_IO_OUT, run->io.size, data);
    }
}
