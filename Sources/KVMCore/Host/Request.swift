import CKVM

/// One ioctl request: its number, and, for messages, its name in `<linux/kvm.h>`.
struct Request {
    let number: UInt
    let name: StaticString

    private init(_ number: UInt, _ name: StaticString) {
        self.number = number
        self.name = name
    }
}

// Computed, so that making a call on the run path needs no lazily initialised global.
extension Request {
    static var getAPIVersion: Self { Self(CKVM_GET_API_VERSION, "KVM_GET_API_VERSION") }
    static var createVM: Self { Self(CKVM_CREATE_VM, "KVM_CREATE_VM") }
    static var checkExtension: Self { Self(CKVM_CHECK_EXTENSION, "KVM_CHECK_EXTENSION") }
    static var getVCPUMapSize: Self { Self(CKVM_GET_VCPU_MMAP_SIZE, "KVM_GET_VCPU_MMAP_SIZE") }
    static var getSupportedCPUID: Self { Self(CKVM_GET_SUPPORTED_CPUID, "KVM_GET_SUPPORTED_CPUID") }
    static var getEmulatedCPUID: Self { Self(CKVM_GET_EMULATED_CPUID, "KVM_GET_EMULATED_CPUID") }
    static var getMSRIndexList: Self { Self(CKVM_GET_MSR_INDEX_LIST, "KVM_GET_MSR_INDEX_LIST") }
    static var getMSRFeatureIndexList: Self {
        Self(CKVM_GET_MSR_FEATURE_INDEX_LIST, "KVM_GET_MSR_FEATURE_INDEX_LIST")
    }
    static var traceEnable: Self { Self(CKVM_TRACE_ENABLE, "KVM_TRACE_ENABLE") }
    static var tracePause: Self { Self(CKVM_TRACE_PAUSE, "KVM_TRACE_PAUSE") }
    static var traceDisable: Self { Self(CKVM_TRACE_DISABLE, "KVM_TRACE_DISABLE") }
}

extension Request {
    static var createVCPU: Self { Self(CKVM_CREATE_VCPU, "KVM_CREATE_VCPU") }
    static var setUserMemoryRegion: Self { Self(CKVM_SET_USER_MEMORY_REGION, "KVM_SET_USER_MEMORY_REGION") }
    static var getDirtyLog: Self { Self(CKVM_GET_DIRTY_LOG, "KVM_GET_DIRTY_LOG") }
    static var clearDirtyLog: Self { Self(CKVM_CLEAR_DIRTY_LOG, "KVM_CLEAR_DIRTY_LOG") }
    static var resetDirtyRings: Self { Self(CKVM_RESET_DIRTY_RINGS, "KVM_RESET_DIRTY_RINGS") }
    static var setTSSAddress: Self { Self(CKVM_SET_TSS_ADDR, "KVM_SET_TSS_ADDR") }
    static var setIdentityMapAddress: Self { Self(CKVM_SET_IDENTITY_MAP_ADDR, "KVM_SET_IDENTITY_MAP_ADDR") }
    static var setBootCPUID: Self { Self(CKVM_SET_BOOT_CPU_ID, "KVM_SET_BOOT_CPU_ID") }
    static var createIRQChip: Self { Self(CKVM_CREATE_IRQCHIP, "KVM_CREATE_IRQCHIP") }
    static var getIRQChip: Self { Self(CKVM_GET_IRQCHIP, "KVM_GET_IRQCHIP") }
    static var setIRQChip: Self { Self(CKVM_SET_IRQCHIP, "KVM_SET_IRQCHIP") }
    static var createPIT2: Self { Self(CKVM_CREATE_PIT2, "KVM_CREATE_PIT2") }
    static var getPIT2: Self { Self(CKVM_GET_PIT2, "KVM_GET_PIT2") }
    static var setPIT2: Self { Self(CKVM_SET_PIT2, "KVM_SET_PIT2") }
    static var irqLine: Self { Self(CKVM_IRQ_LINE, "KVM_IRQ_LINE") }
    static var irqLineStatus: Self { Self(CKVM_IRQ_LINE_STATUS, "KVM_IRQ_LINE_STATUS") }
    static var setGSIRouting: Self { Self(CKVM_SET_GSI_ROUTING, "KVM_SET_GSI_ROUTING") }
    static var signalMSI: Self { Self(CKVM_SIGNAL_MSI, "KVM_SIGNAL_MSI") }
    static var irqfd: Self { Self(CKVM_IRQFD, "KVM_IRQFD") }
    static var ioeventfd: Self { Self(CKVM_IOEVENTFD, "KVM_IOEVENTFD") }
    static var registerCoalescedMMIO: Self { Self(CKVM_REGISTER_COALESCED_MMIO, "KVM_REGISTER_COALESCED_MMIO") }
    static var unregisterCoalescedMMIO: Self {
        Self(CKVM_UNREGISTER_COALESCED_MMIO, "KVM_UNREGISTER_COALESCED_MMIO")
    }
    static var getClock: Self { Self(CKVM_GET_CLOCK, "KVM_GET_CLOCK") }
    static var setClock: Self { Self(CKVM_SET_CLOCK, "KVM_SET_CLOCK") }
    static var setPMUEventFilter: Self { Self(CKVM_SET_PMU_EVENT_FILTER, "KVM_SET_PMU_EVENT_FILTER") }
    static var createDevice: Self { Self(CKVM_CREATE_DEVICE, "KVM_CREATE_DEVICE") }
    static var setUserMemoryRegion2: Self { Self(CKVM_SET_USER_MEMORY_REGION2, "KVM_SET_USER_MEMORY_REGION2") }
    static var setMemoryAttributes: Self { Self(CKVM_SET_MEMORY_ATTRIBUTES, "KVM_SET_MEMORY_ATTRIBUTES") }
    static var createGuestMemoryFile: Self { Self(CKVM_CREATE_GUEST_MEMFD, "KVM_CREATE_GUEST_MEMFD") }
    static var setMSRFilter: Self { Self(CKVM_X86_SET_MSR_FILTER, "KVM_X86_SET_MSR_FILTER") }
    static var enableCapability: Self { Self(CKVM_ENABLE_CAP, "KVM_ENABLE_CAP") }
    static var getStatisticsDescriptor: Self { Self(CKVM_GET_STATS_FD, "KVM_GET_STATS_FD") }
    static var getTSCFrequency: Self { Self(CKVM_GET_TSC_KHZ, "KVM_GET_TSC_KHZ") }
    static var setTSCFrequency: Self { Self(CKVM_SET_TSC_KHZ, "KVM_SET_TSC_KHZ") }
    static var hasAttribute: Self { Self(CKVM_HAS_DEVICE_ATTR, "KVM_HAS_DEVICE_ATTR") }
    static var getAttribute: Self { Self(CKVM_GET_DEVICE_ATTR, "KVM_GET_DEVICE_ATTR") }
    static var setAttribute: Self { Self(CKVM_SET_DEVICE_ATTR, "KVM_SET_DEVICE_ATTR") }
}

extension Request {
    static var run: Self { Self(CKVM_RUN, "KVM_RUN") }
    static var getRegisters: Self { Self(CKVM_GET_REGS, "KVM_GET_REGS") }
    static var setRegisters: Self { Self(CKVM_SET_REGS, "KVM_SET_REGS") }
    static var getSpecialRegisters: Self { Self(CKVM_GET_SREGS, "KVM_GET_SREGS") }
    static var setSpecialRegisters: Self { Self(CKVM_SET_SREGS, "KVM_SET_SREGS") }
    static var getSpecialRegisters2: Self { Self(CKVM_GET_SREGS2, "KVM_GET_SREGS2") }
    static var setSpecialRegisters2: Self { Self(CKVM_SET_SREGS2, "KVM_SET_SREGS2") }
    static var getFPU: Self { Self(CKVM_GET_FPU, "KVM_GET_FPU") }
    static var setFPU: Self { Self(CKVM_SET_FPU, "KVM_SET_FPU") }
    static var getXSave: Self { Self(CKVM_GET_XSAVE, "KVM_GET_XSAVE") }
    static var getXSave2: Self { Self(CKVM_GET_XSAVE2, "KVM_GET_XSAVE2") }
    static var setXSave: Self { Self(CKVM_SET_XSAVE, "KVM_SET_XSAVE") }
    static var getXCRs: Self { Self(CKVM_GET_XCRS, "KVM_GET_XCRS") }
    static var setXCRs: Self { Self(CKVM_SET_XCRS, "KVM_SET_XCRS") }
    static var getMSRs: Self { Self(CKVM_GET_MSRS, "KVM_GET_MSRS") }
    static var setMSRs: Self { Self(CKVM_SET_MSRS, "KVM_SET_MSRS") }
    static var getVCPUEvents: Self { Self(CKVM_GET_VCPU_EVENTS, "KVM_GET_VCPU_EVENTS") }
    static var setVCPUEvents: Self { Self(CKVM_SET_VCPU_EVENTS, "KVM_SET_VCPU_EVENTS") }
    static var getDebugRegisters: Self { Self(CKVM_GET_DEBUGREGS, "KVM_GET_DEBUGREGS") }
    static var setDebugRegisters: Self { Self(CKVM_SET_DEBUGREGS, "KVM_SET_DEBUGREGS") }
    static var getMPState: Self { Self(CKVM_GET_MP_STATE, "KVM_GET_MP_STATE") }
    static var setMPState: Self { Self(CKVM_SET_MP_STATE, "KVM_SET_MP_STATE") }
    static var getCPUID2: Self { Self(CKVM_GET_CPUID2, "KVM_GET_CPUID2") }
    static var setCPUID2: Self { Self(CKVM_SET_CPUID2, "KVM_SET_CPUID2") }
    static var translate: Self { Self(CKVM_TRANSLATE, "KVM_TRANSLATE") }
    static var interrupt: Self { Self(CKVM_INTERRUPT, "KVM_INTERRUPT") }
    static var nmi: Self { Self(CKVM_NMI, "KVM_NMI") }
    static var setGuestDebug: Self { Self(CKVM_SET_GUEST_DEBUG, "KVM_SET_GUEST_DEBUG") }
    static var getLocalAPIC: Self { Self(CKVM_GET_LAPIC, "KVM_GET_LAPIC") }
    static var setLocalAPIC: Self { Self(CKVM_SET_LAPIC, "KVM_SET_LAPIC") }
    static var getNestedState: Self { Self(CKVM_GET_NESTED_STATE, "KVM_GET_NESTED_STATE") }
    static var setNestedState: Self { Self(CKVM_SET_NESTED_STATE, "KVM_SET_NESTED_STATE") }
}
