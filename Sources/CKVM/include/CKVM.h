// The C side of KVM: what the Swift importer cannot take from <linux/kvm.h> by itself. No logic.
#pragma once

#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include "CKVMHeaderGaps.h"

#pragma clang assume_nonnull begin

// MARK: Requests
// `_IO*` macros expand to casts and sizeof, which are not imported: each request that KVMCore makes gets a constant.

#define CKVM_REQUEST(name) static const unsigned long CKVM_##name = KVM_##name

// /dev/kvm
CKVM_REQUEST(GET_API_VERSION);
CKVM_REQUEST(CREATE_VM);
CKVM_REQUEST(CHECK_EXTENSION);
CKVM_REQUEST(GET_VCPU_MMAP_SIZE);
CKVM_REQUEST(GET_SUPPORTED_CPUID);
CKVM_REQUEST(GET_EMULATED_CPUID);
CKVM_REQUEST(GET_MSR_INDEX_LIST);
CKVM_REQUEST(GET_MSR_FEATURE_INDEX_LIST);
CKVM_REQUEST(TRACE_ENABLE);
CKVM_REQUEST(TRACE_PAUSE);
CKVM_REQUEST(TRACE_DISABLE);

// VM
CKVM_REQUEST(CREATE_VCPU);
CKVM_REQUEST(SET_USER_MEMORY_REGION);
CKVM_REQUEST(GET_DIRTY_LOG);
CKVM_REQUEST(CLEAR_DIRTY_LOG);
CKVM_REQUEST(RESET_DIRTY_RINGS);
CKVM_REQUEST(SET_TSS_ADDR);
CKVM_REQUEST(SET_IDENTITY_MAP_ADDR);
CKVM_REQUEST(SET_BOOT_CPU_ID);
CKVM_REQUEST(CREATE_IRQCHIP);
CKVM_REQUEST(GET_IRQCHIP);
CKVM_REQUEST(SET_IRQCHIP);
CKVM_REQUEST(CREATE_PIT2);
CKVM_REQUEST(GET_PIT2);
CKVM_REQUEST(SET_PIT2);
CKVM_REQUEST(IRQ_LINE);
CKVM_REQUEST(IRQ_LINE_STATUS);
CKVM_REQUEST(SET_GSI_ROUTING);
CKVM_REQUEST(SIGNAL_MSI);
CKVM_REQUEST(IRQFD);
CKVM_REQUEST(IOEVENTFD);
CKVM_REQUEST(REGISTER_COALESCED_MMIO);
CKVM_REQUEST(UNREGISTER_COALESCED_MMIO);
CKVM_REQUEST(X86_SET_MSR_FILTER);
CKVM_REQUEST(GET_CLOCK);
CKVM_REQUEST(SET_CLOCK);
CKVM_REQUEST(SET_PMU_EVENT_FILTER);
CKVM_REQUEST(CREATE_DEVICE);
CKVM_REQUEST(SET_USER_MEMORY_REGION2);
CKVM_REQUEST(SET_MEMORY_ATTRIBUTES);
CKVM_REQUEST(CREATE_GUEST_MEMFD);

// vCPU
CKVM_REQUEST(RUN);
CKVM_REQUEST(GET_REGS);
CKVM_REQUEST(SET_REGS);
CKVM_REQUEST(GET_SREGS);
CKVM_REQUEST(SET_SREGS);
CKVM_REQUEST(GET_SREGS2);
CKVM_REQUEST(SET_SREGS2);
CKVM_REQUEST(GET_FPU);
CKVM_REQUEST(SET_FPU);
CKVM_REQUEST(GET_XSAVE);
CKVM_REQUEST(GET_XSAVE2);
CKVM_REQUEST(SET_XSAVE);
CKVM_REQUEST(GET_XCRS);
CKVM_REQUEST(SET_XCRS);
CKVM_REQUEST(GET_MSRS);
CKVM_REQUEST(SET_MSRS);
CKVM_REQUEST(GET_VCPU_EVENTS);
CKVM_REQUEST(SET_VCPU_EVENTS);
CKVM_REQUEST(GET_DEBUGREGS);
CKVM_REQUEST(SET_DEBUGREGS);
CKVM_REQUEST(GET_MP_STATE);
CKVM_REQUEST(SET_MP_STATE);
CKVM_REQUEST(GET_CPUID2);
CKVM_REQUEST(SET_CPUID2);
CKVM_REQUEST(TRANSLATE);
CKVM_REQUEST(INTERRUPT);
CKVM_REQUEST(NMI);
CKVM_REQUEST(SET_GUEST_DEBUG);
CKVM_REQUEST(GET_LAPIC);
CKVM_REQUEST(SET_LAPIC);
CKVM_REQUEST(GET_NESTED_STATE);
CKVM_REQUEST(SET_NESTED_STATE);

// VM, vCPU
CKVM_REQUEST(ENABLE_CAP);
CKVM_REQUEST(GET_STATS_FD);
CKVM_REQUEST(GET_TSC_KHZ);
CKVM_REQUEST(SET_TSC_KHZ);

// All of them, and devices
CKVM_REQUEST(HAS_DEVICE_ATTR);
CKVM_REQUEST(GET_DEVICE_ATTR);
CKVM_REQUEST(SET_DEVICE_ATTR);

#undef CKVM_REQUEST

// MARK: System calls
// ioctl and open are variadic, which Swift cannot call.

/// ioctl(2) with a number for an argument; -1 and errno on failure.
int ckvm_ioctl_int(int fd, unsigned long request, unsigned long argument);
/// ioctl(2) with a pointer for an argument; -1 and errno on failure.
int ckvm_ioctl_ptr(int fd, unsigned long request, void *argument);
/// KVM_RUN of a vCPU; 0, or an errno value on failure. Guests exit so often that the call of the C library, which packs
/// its arguments and unpacks errno, would be felt.
static inline int ckvm_run(int fd) {
    long result = SYS_ioctl;
    __asm__ volatile("syscall" : "+a"(result) : "D"((long)fd), "S"(KVM_RUN), "d"(0L) : "rcx", "r11", "memory");
    return result < 0 ? (int)-result : 0;
}
/// open(2), read and write, close-on-exec; -1 and errno on failure.
int ckvm_open(const char *path);
/// eventfd(2), from zero, close-on-exec and not blocking; -1 and errno on failure. Glibc's module leaves it out.
int ckvm_eventfd(void);
/// tgkill(2) within this process.
int ckvm_signal_thread(pid_t thread, int signal);
/// gettid(2).
pid_t ckvm_thread_id(void);
/// Room for one number in each thread, zero at first: Swift has no thread-local variables.
pid_t *ckvm_thread_slot(void);
/// The symbol of an errno value, such as "ENOENT", or NULL.
const char *_Nullable ckvm_errno_name(int value);
/// Installs a handler that does nothing, without SA_RESTART; -1 and errno on failure.
int ckvm_install_empty_handler(int signal);
/// Lets the calling thread receive a signal; an errno value on failure.
int ckvm_unblock_signal(int signal);

// MARK: Memory shared with the kernel or another thread

/// Sets bits; sequentially consistent; returns the value before.
static inline uint8_t ckvm_atomic_or_u8(uint8_t *byte, uint8_t bits) {
    return __atomic_fetch_or(byte, bits, __ATOMIC_SEQ_CST);
}
/// Keeps only the given bits; sequentially consistent; returns the value before.
static inline uint8_t ckvm_atomic_and_u8(uint8_t *byte, uint8_t bits) {
    return __atomic_fetch_and(byte, bits, __ATOMIC_SEQ_CST);
}
/// Loads with acquire ordering.
static inline uint32_t ckvm_atomic_load_u32(const uint32_t *word) {
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}
/// Stores with release ordering.
static inline void ckvm_atomic_store_u32(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

// MARK: Exit payloads
// Swift reads a member of an anonymous union by copying the whole of kvm_run; a pointer to it copies nothing.

#define CKVM_PAYLOAD(name)                                                                                             \
    static inline __typeof__(((struct kvm_run *)0)->name) *ckvm_run_##name(struct kvm_run *run) { return &run->name; }

CKVM_PAYLOAD(hw)
CKVM_PAYLOAD(fail_entry)
CKVM_PAYLOAD(ex)
CKVM_PAYLOAD(io)
CKVM_PAYLOAD(debug)
CKVM_PAYLOAD(mmio)
CKVM_PAYLOAD(hypercall)
CKVM_PAYLOAD(tpr_access)
CKVM_PAYLOAD(s390_sieic)
CKVM_PAYLOAD(s390_reset_flags)
CKVM_PAYLOAD(s390_ucontrol)
CKVM_PAYLOAD(dcr)
CKVM_PAYLOAD(internal)
CKVM_PAYLOAD(emulation_failure)
CKVM_PAYLOAD(osi)
CKVM_PAYLOAD(papr_hcall)
CKVM_PAYLOAD(s390_tsch)
CKVM_PAYLOAD(epr)
CKVM_PAYLOAD(system_event)
CKVM_PAYLOAD(s390_stsi)
CKVM_PAYLOAD(eoi)
CKVM_PAYLOAD(hyperv)
CKVM_PAYLOAD(arm_nisv)
CKVM_PAYLOAD(msr)
CKVM_PAYLOAD(xen)
CKVM_PAYLOAD(riscv_sbi)
CKVM_PAYLOAD(riscv_csr)
CKVM_PAYLOAD(notify)

#undef CKVM_PAYLOAD

static inline uint8_t *ckvm_run_immediate_exit(struct kvm_run *run) { return &run->immediate_exit; }
static inline uint8_t *ckvm_run_mmio_data(struct kvm_run *run) { return run->mmio.data; }
static inline uint64_t *ckvm_run_internal_data(struct kvm_run *run) { return (uint64_t *)run->internal.data; }
static inline uint8_t *ckvm_run_emulation_bytes(struct kvm_run *run) { return run->emulation_failure.insn_bytes; }
static inline uint8_t ckvm_run_emulation_size(struct kvm_run *run) { return run->emulation_failure.insn_size; }
static inline uint64_t *ckvm_run_system_event_data(struct kvm_run *run) { return (uint64_t *)run->system_event.data; }
static inline uint64_t *ckvm_run_osi_gprs(struct kvm_run *run) { return (uint64_t *)run->osi.gprs; }
static inline uint64_t *ckvm_run_hypercall_args(struct kvm_run *run) { return (uint64_t *)run->hypercall.args; }
static inline uint64_t *ckvm_run_papr_args(struct kvm_run *run) { return (uint64_t *)run->papr_hcall.args; }
static inline uint64_t *ckvm_run_xen_params(struct kvm_run *run) { return (uint64_t *)run->xen.u.hcall.params; }
static inline uint64_t *ckvm_run_riscv_args(struct kvm_run *run) { return (uint64_t *)run->riscv_sbi.args; }
static inline struct kvm_regs *ckvm_run_regs(struct kvm_run *run) { return &run->s.regs.regs; }
static inline struct kvm_sregs *ckvm_run_sregs(struct kvm_run *run) { return &run->s.regs.sregs; }
static inline struct kvm_vcpu_events *ckvm_run_events(struct kvm_run *run) { return &run->s.regs.events; }

// MARK: Rings

/// `struct kvm_coalesced_mmio_ring` without its flexible array.
struct ckvm_coalesced_ring {
    uint32_t first;
    uint32_t last;
};
_Static_assert(offsetof(struct kvm_coalesced_mmio_ring, coalesced_mmio) == sizeof(struct ckvm_coalesced_ring),
               "entries follow");

static inline uint32_t *ckvm_ring_first(struct ckvm_coalesced_ring *ring) { return &ring->first; }
static inline uint32_t *ckvm_ring_last(struct ckvm_coalesced_ring *ring) { return &ring->last; }
static inline const struct kvm_coalesced_mmio *ckvm_ring_entry(const struct ckvm_coalesced_ring *ring, uint32_t index) {
    return &((const struct kvm_coalesced_mmio_ring *)ring)->coalesced_mmio[index];
}
static inline uint32_t *ckvm_dirty_gfn_flags(struct kvm_dirty_gfn *entry) { return &entry->flags; }
// The header's macros expand to a cast.
static const uint32_t CKVM_DIRTY_GFN_DIRTY = KVM_DIRTY_GFN_F_DIRTY;
static const uint32_t CKVM_DIRTY_GFN_RESET = KVM_DIRTY_GFN_F_RESET;

// MARK: Flexible arrays
// A structure that ends in one is not imported as plain bytes: these are the same without it. KVMCore places the
// elements right behind.

struct ckvm_cpuid_header {
    uint32_t nent;
    uint32_t padding;
};
struct ckvm_msrs_header {
    uint32_t nmsrs;
    uint32_t pad;
};
struct ckvm_msr_list_header {
    uint32_t nmsrs;
};
struct ckvm_irq_routing_header {
    uint32_t nr;
    uint32_t flags;
};
struct ckvm_pmu_event_filter_header {
    uint32_t action;
    uint32_t nevents;
    uint32_t fixed_counter_bitmap;
    uint32_t flags;
    uint32_t pad[4];
};

_Static_assert(offsetof(struct kvm_cpuid2, entries) == sizeof(struct ckvm_cpuid_header), "entries follow");
_Static_assert(offsetof(struct kvm_msrs, entries) == sizeof(struct ckvm_msrs_header), "entries follow");
_Static_assert(offsetof(struct kvm_msr_list, indices) == sizeof(struct ckvm_msr_list_header), "indices follow");
_Static_assert(offsetof(struct kvm_irq_routing, entries) == sizeof(struct ckvm_irq_routing_header), "entries follow");
_Static_assert(offsetof(struct kvm_pmu_event_filter, events) == sizeof(struct ckvm_pmu_event_filter_header),
               "events follow");

// MARK: Elements of arrays
// Arrays of structures are imported as tuples, which have no index.

static inline struct kvm_msr_filter_range *ckvm_msr_filter_range_at(struct kvm_msr_filter *filter, uint32_t index) {
    return &filter->ranges[index];
}

static inline uint64_t *ckvm_ioapic_redirection(struct kvm_ioapic_state *state, uint32_t pin) {
    return (uint64_t *)&state->redirtbl[pin].bits;
}

// MARK: Layouts that KVMCore relies on

_Static_assert(KVM_API_VERSION == 12, "the only API version that KVMCore speaks");
_Static_assert(offsetof(struct kvm_run, immediate_exit) == 1, "a byte of its own, set from other threads");
_Static_assert(sizeof(struct kvm_run) <= 4096, "the PIO page follows");
_Static_assert(sizeof(struct kvm_regs) == 144, "ABI");
_Static_assert(sizeof(struct kvm_sregs) == 312, "ABI");
_Static_assert(sizeof(struct kvm_vcpu_events) == 64, "ABI");
_Static_assert(sizeof(struct kvm_xsave) == 4096, "ABI");
_Static_assert(sizeof(struct kvm_cpuid_entry2) == 40, "ABI");
_Static_assert(sizeof(struct kvm_msr_entry) == 16, "ABI");
_Static_assert(sizeof(struct kvm_coalesced_mmio) == 24, "ABI");
_Static_assert(sizeof(struct kvm_dirty_gfn) == 16, "ABI");
_Static_assert(sizeof(struct kvm_lapic_state) == 1024, "ABI");
_Static_assert(sizeof(struct kvm_clock_data) == 48, "ABI");
_Static_assert(sizeof(struct kvm_device_attr) == 24, "ABI");
_Static_assert(offsetof(struct kvm_nested_state, format) == 2, "read as bytes");
_Static_assert(offsetof(struct kvm_nested_state, size) == 4, "read as bytes");
_Static_assert(offsetof(struct kvm_nested_state, data) == 128, "read as bytes");

#pragma clang assume_nonnull end
