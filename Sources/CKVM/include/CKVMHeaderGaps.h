// What installed headers lack, of one age or another. What KVM has had since Linux 6.1, whose headers Debian 12 installs, is here
// under names of our own, since a newer header has it too: where it has, both must agree.
#pragma once

#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#pragma clang assume_nonnull begin

// MARK: Requests that headers have dropped

#ifndef KVM_TRACE_ENABLE
/// `struct kvm_user_trace_setup`.
struct ckvm_user_trace_setup {
    uint32_t buf_size;
    uint32_t buf_nr;
};
#define KVM_TRACE_ENABLE _IOW(KVMIO, 0x06, struct ckvm_user_trace_setup)
#define KVM_TRACE_PAUSE _IO(KVMIO, 0x07)
#define KVM_TRACE_DISABLE _IO(KVMIO, 0x08)
#endif

_Static_assert(KVM_TRACE_ENABLE == 0x4008AE06, "ABI");

// MARK: Newer requests

/// `struct kvm_userspace_memory_region2`.
struct ckvm_memory_region2 {
    uint32_t slot;
    uint32_t flags;
    uint64_t guest_phys_addr;
    uint64_t memory_size;
    uint64_t userspace_addr;
    uint64_t guest_memfd_offset;
    uint32_t guest_memfd;
    uint32_t pad1;
    uint64_t pad2[14];
};

/// `struct kvm_memory_attributes`.
struct ckvm_memory_attributes {
    uint64_t address;
    uint64_t size;
    uint64_t attributes;
    uint64_t flags;
};

/// `struct kvm_create_guest_memfd`.
struct ckvm_create_guest_memfd {
    uint64_t size;
    uint64_t flags;
    uint64_t reserved[6];
};

#ifndef KVM_SET_USER_MEMORY_REGION2
#define KVM_SET_USER_MEMORY_REGION2 _IOW(KVMIO, 0x49, struct ckvm_memory_region2)
#endif
#ifndef KVM_SET_MEMORY_ATTRIBUTES
#define KVM_SET_MEMORY_ATTRIBUTES _IOW(KVMIO, 0xd2, struct ckvm_memory_attributes)
#endif
#ifndef KVM_CREATE_GUEST_MEMFD
#define KVM_CREATE_GUEST_MEMFD _IOWR(KVMIO, 0xd4, struct ckvm_create_guest_memfd)
#endif

// A request's number has the size of its structure in it.
_Static_assert(KVM_SET_USER_MEMORY_REGION2 == 0x40A0AE49, "ABI");
_Static_assert(KVM_SET_MEMORY_ATTRIBUTES == 0x4020AED2, "ABI");
_Static_assert(KVM_CREATE_GUEST_MEMFD == 0xC040AED4, "ABI");
_Static_assert(sizeof(struct ckvm_memory_region2) == 0xA0, "ABI");
_Static_assert(sizeof(struct ckvm_memory_attributes) == 0x20, "ABI");
_Static_assert(sizeof(struct ckvm_create_guest_memfd) == 0x40, "ABI");
_Static_assert(offsetof(struct ckvm_memory_region2, guest_memfd) == 40, "ABI");

// MARK: Newer exits

#ifndef KVM_EXIT_LOONGARCH_IOCSR
#define KVM_EXIT_LOONGARCH_IOCSR 38
#endif
#ifndef KVM_EXIT_MEMORY_FAULT
#define KVM_EXIT_MEMORY_FAULT 39
#endif
#ifndef KVM_EXIT_TDX
#define KVM_EXIT_TDX 40
#endif
#ifndef KVM_EXIT_ARM_SEA
#define KVM_EXIT_ARM_SEA 41
#endif

/// `kvm_run::iocsr_io`.
struct ckvm_iocsr {
    uint64_t phys_addr;
    uint8_t data[8];
    uint32_t len;
    uint8_t is_write;
};

/// `kvm_run::memory_fault`.
struct ckvm_memory_fault {
    uint64_t flags;
    uint64_t gpa;
    uint64_t size;
};

/// `kvm_run::tdx`, with the member of its union that is as long as any.
struct ckvm_tdx {
    uint64_t flags;
    uint64_t nr;
    uint64_t ret;
    uint64_t data[5];
};

/// `kvm_run::arm_sea`.
struct ckvm_arm_sea {
    uint64_t flags;
    uint64_t esr;
    uint64_t gva;
    uint64_t gpa;
};

// All of them lie where every exit has its data.
#define CKVM_NEWER_PAYLOAD(name)                                                                                       \
    static inline struct ckvm_##name *ckvm_run_##name(struct kvm_run *run) { return (struct ckvm_##name *)&run->hw; }

CKVM_NEWER_PAYLOAD(iocsr)
CKVM_NEWER_PAYLOAD(memory_fault)
CKVM_NEWER_PAYLOAD(tdx)
CKVM_NEWER_PAYLOAD(arm_sea)

#undef CKVM_NEWER_PAYLOAD

static inline uint8_t *ckvm_run_iocsr_data(struct kvm_run *run) { return ckvm_run_iocsr(run)->data; }
static inline uint64_t *ckvm_run_tdx_data(struct kvm_run *run) { return ckvm_run_tdx(run)->data; }

_Static_assert(offsetof(struct kvm_run, hw) == 32, "ABI");
_Static_assert(sizeof(struct ckvm_memory_fault) == 24, "ABI");
_Static_assert(sizeof(struct ckvm_tdx) == 64, "ABI");
_Static_assert(sizeof(struct ckvm_arm_sea) == 32, "ABI");
_Static_assert(offsetof(struct ckvm_iocsr, is_write) == 20, "ABI");
// The header that defines the flag has the member.
#ifdef KVM_MEMORY_EXIT_FLAG_PRIVATE
_Static_assert(offsetof(struct kvm_run, memory_fault.size) == 32 + offsetof(struct ckvm_memory_fault, size), "ABI");
#endif
#ifdef KVM_EXIT_ARM_SEA_FLAG_GPA_VALID
_Static_assert(offsetof(struct kvm_run, arm_sea.gpa) == 32 + offsetof(struct ckvm_arm_sea, gpa), "ABI");
#endif

#pragma clang assume_nonnull end
