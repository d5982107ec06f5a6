// Capabilities of x86 hosts or of all hosts. The numbers are part of KVM's ABI and never change.
extension Capability {
    /// `KVM_CAP_IRQCHIP`.
    public static let irqChip = Self(rawValue: 0)
    /// `KVM_CAP_HLT`.
    public static let hlt = Self(rawValue: 1)
    /// `KVM_CAP_MMU_SHADOW_CACHE_CONTROL`.
    public static let mmuShadowCacheControl = Self(rawValue: 2)
    /// `KVM_CAP_USER_MEMORY`.
    public static let userMemory = Self(rawValue: 3)
    /// `KVM_CAP_SET_TSS_ADDR`.
    public static let setTSSAddress = Self(rawValue: 4)
    /// `KVM_CAP_VAPIC`.
    public static let vapic = Self(rawValue: 6)
    /// `KVM_CAP_EXT_CPUID`.
    public static let extendedCPUID = Self(rawValue: 7)
    /// `KVM_CAP_CLOCKSOURCE`.
    public static let clockSource = Self(rawValue: 8)
    /// `KVM_CAP_NR_VCPUS`.
    public static let recommendedVCPUs = Self(rawValue: 9)
    /// `KVM_CAP_NR_MEMSLOTS`.
    public static let memorySlots = Self(rawValue: 10)
    /// `KVM_CAP_PIT`.
    public static let pit = Self(rawValue: 11)
    /// `KVM_CAP_NOP_IO_DELAY`.
    public static let noOpIODelay = Self(rawValue: 12)
    /// `KVM_CAP_PV_MMU`.
    public static let pvMMU = Self(rawValue: 13)
    /// `KVM_CAP_MP_STATE`.
    public static let mpState = Self(rawValue: 14)
    /// `KVM_CAP_COALESCED_MMIO`.
    public static let coalescedMMIO = Self(rawValue: 15)
    /// `KVM_CAP_SYNC_MMU`.
    public static let syncMMU = Self(rawValue: 16)
    /// `KVM_CAP_IOMMU`.
    public static let iommu = Self(rawValue: 18)
    /// `KVM_CAP_DESTROY_MEMORY_REGION_WORKS`.
    public static let destroyMemoryRegionWorks = Self(rawValue: 21)
    /// `KVM_CAP_USER_NMI`.
    public static let userNMI = Self(rawValue: 22)
    /// `KVM_CAP_SET_GUEST_DEBUG`.
    public static let setGuestDebug = Self(rawValue: 23)
    /// `KVM_CAP_REINJECT_CONTROL`.
    public static let reinjectControl = Self(rawValue: 24)
    /// `KVM_CAP_IRQ_ROUTING`.
    public static let irqRouting = Self(rawValue: 25)
    /// `KVM_CAP_IRQ_INJECT_STATUS`.
    public static let irqInjectStatus = Self(rawValue: 26)
    /// `KVM_CAP_ASSIGN_DEV_IRQ`.
    public static let assignDeviceIRQ = Self(rawValue: 29)
    /// `KVM_CAP_JOIN_MEMORY_REGIONS_WORKS`.
    public static let joinMemoryRegionsWorks = Self(rawValue: 30)
    /// `KVM_CAP_MCE`.
    public static let mce = Self(rawValue: 31)
    /// `KVM_CAP_IRQFD`.
    public static let irqFD = Self(rawValue: 32)
    /// `KVM_CAP_PIT2`.
    public static let pit2 = Self(rawValue: 33)
    /// `KVM_CAP_SET_BOOT_CPU_ID`.
    public static let setBootCPUID = Self(rawValue: 34)
    /// `KVM_CAP_PIT_STATE2`.
    public static let pitState2 = Self(rawValue: 35)
    /// `KVM_CAP_IOEVENTFD`.
    public static let ioEventFD = Self(rawValue: 36)
    /// `KVM_CAP_SET_IDENTITY_MAP_ADDR`.
    public static let setIdentityMapAddress = Self(rawValue: 37)
    /// `KVM_CAP_XEN_HVM`.
    public static let xenHVM = Self(rawValue: 38)
    /// `KVM_CAP_ADJUST_CLOCK`.
    public static let adjustClock = Self(rawValue: 39)
    /// `KVM_CAP_INTERNAL_ERROR_DATA`.
    public static let internalErrorData = Self(rawValue: 40)
    /// `KVM_CAP_VCPU_EVENTS`.
    public static let vcpuEvents = Self(rawValue: 41)
    /// `KVM_CAP_HYPERV`.
    public static let hyperV = Self(rawValue: 44)
    /// `KVM_CAP_HYPERV_VAPIC`.
    public static let hyperVVAPIC = Self(rawValue: 45)
    /// `KVM_CAP_HYPERV_SPIN`.
    public static let hyperVSpin = Self(rawValue: 46)
    /// `KVM_CAP_PCI_SEGMENT`.
    public static let pciSegment = Self(rawValue: 47)
    /// `KVM_CAP_INTR_SHADOW`.
    public static let interruptShadow = Self(rawValue: 49)
    /// `KVM_CAP_DEBUGREGS`.
    public static let debugRegs = Self(rawValue: 50)
    /// `KVM_CAP_X86_ROBUST_SINGLESTEP`.
    public static let x86RobustSingleStep = Self(rawValue: 51)
    /// `KVM_CAP_ENABLE_CAP`.
    public static let enableCap = Self(rawValue: 54)
    /// `KVM_CAP_XSAVE`.
    public static let xsave = Self(rawValue: 55)
    /// `KVM_CAP_XCRS`.
    public static let xcrs = Self(rawValue: 56)
    /// `KVM_CAP_ASYNC_PF`.
    public static let asyncPF = Self(rawValue: 59)
    /// `KVM_CAP_TSC_CONTROL`.
    public static let tscControl = Self(rawValue: 60)
    /// `KVM_CAP_GET_TSC_KHZ`.
    public static let getTSCKHz = Self(rawValue: 61)
    /// `KVM_CAP_MAX_VCPUS`.
    public static let maxVCPUs = Self(rawValue: 66)
    /// `KVM_CAP_ONE_REG`.
    public static let oneReg = Self(rawValue: 70)
    /// `KVM_CAP_TSC_DEADLINE_TIMER`.
    public static let tscDeadlineTimer = Self(rawValue: 72)
    /// `KVM_CAP_SYNC_REGS`.
    public static let syncRegs = Self(rawValue: 74)
    /// `KVM_CAP_PCI_2_3`.
    public static let pci2Point3 = Self(rawValue: 75)
    /// `KVM_CAP_KVMCLOCK_CTRL`.
    public static let kvmclockControl = Self(rawValue: 76)
    /// `KVM_CAP_SIGNAL_MSI`.
    public static let signalMSI = Self(rawValue: 77)
    /// `KVM_CAP_READONLY_MEM`.
    public static let readOnlyMemory = Self(rawValue: 81)
    /// `KVM_CAP_IRQFD_RESAMPLE`.
    public static let irqFDResample = Self(rawValue: 82)
    /// `KVM_CAP_DEVICE_CTRL`.
    public static let deviceControl = Self(rawValue: 89)
    /// `KVM_CAP_EXT_EMUL_CPUID`.
    public static let extendedEmulatedCPUID = Self(rawValue: 95)
    /// `KVM_CAP_HYPERV_TIME`.
    public static let hyperVTime = Self(rawValue: 96)
    /// `KVM_CAP_IOAPIC_POLARITY_IGNORED`.
    public static let ioapicPolarityIgnored = Self(rawValue: 97)
    /// `KVM_CAP_ENABLE_CAP_VM`.
    public static let enableCapVM = Self(rawValue: 98)
    /// `KVM_CAP_IOEVENTFD_NO_LENGTH`.
    public static let ioEventFDNoLength = Self(rawValue: 100)
    /// `KVM_CAP_VM_ATTRIBUTES`.
    public static let vmAttributes = Self(rawValue: 101)
    /// `KVM_CAP_CHECK_EXTENSION_VM`.
    public static let checkExtensionVM = Self(rawValue: 105)
    /// `KVM_CAP_DISABLE_QUIRKS`.
    public static let disableQuirks = Self(rawValue: 116)
    /// `KVM_CAP_X86_SMM`.
    public static let x86SMM = Self(rawValue: 117)
    /// `KVM_CAP_MULTI_ADDRESS_SPACE`.
    public static let multiAddressSpace = Self(rawValue: 118)
    /// `KVM_CAP_GUEST_DEBUG_HW_BPS`.
    public static let guestDebugHardwareBreakpoints = Self(rawValue: 119)
    /// `KVM_CAP_GUEST_DEBUG_HW_WPS`.
    public static let guestDebugHardwareWatchpoints = Self(rawValue: 120)
    /// `KVM_CAP_SPLIT_IRQCHIP`.
    public static let splitIRQChip = Self(rawValue: 121)
    /// `KVM_CAP_IOEVENTFD_ANY_LENGTH`.
    public static let ioEventFDAnyLength = Self(rawValue: 122)
    /// `KVM_CAP_HYPERV_SYNIC`.
    public static let hyperVSynIC = Self(rawValue: 123)
    /// `KVM_CAP_VCPU_ATTRIBUTES`.
    public static let vcpuAttributes = Self(rawValue: 127)
    /// `KVM_CAP_MAX_VCPU_ID`.
    public static let maxVCPUID = Self(rawValue: 128)
    /// `KVM_CAP_X2APIC_API`.
    public static let x2APICAPI = Self(rawValue: 129)
    /// `KVM_CAP_IMMEDIATE_EXIT`.
    public static let immediateExit = Self(rawValue: 136)
    /// `KVM_CAP_X86_DISABLE_EXITS`.
    public static let x86DisableExits = Self(rawValue: 143)
    /// `KVM_CAP_HYPERV_SYNIC2`.
    public static let hyperVSynIC2 = Self(rawValue: 148)
    /// `KVM_CAP_HYPERV_VP_INDEX`.
    public static let hyperVVPIndex = Self(rawValue: 149)
    /// `KVM_CAP_GET_MSR_FEATURES`.
    public static let getMSRFeatures = Self(rawValue: 153)
    /// `KVM_CAP_HYPERV_EVENTFD`.
    public static let hyperVEventFD = Self(rawValue: 154)
    /// `KVM_CAP_HYPERV_TLBFLUSH`.
    public static let hyperVTLBFlush = Self(rawValue: 155)
    /// `KVM_CAP_NESTED_STATE`.
    public static let nestedState = Self(rawValue: 157)
    /// `KVM_CAP_MSR_PLATFORM_INFO`.
    public static let msrPlatformInfo = Self(rawValue: 159)
    /// `KVM_CAP_HYPERV_SEND_IPI`.
    public static let hyperVSendIPI = Self(rawValue: 161)
    /// `KVM_CAP_COALESCED_PIO`.
    public static let coalescedPIO = Self(rawValue: 162)
    /// `KVM_CAP_HYPERV_ENLIGHTENED_VMCS`.
    public static let hyperVEnlightenedVMCS = Self(rawValue: 163)
    /// `KVM_CAP_EXCEPTION_PAYLOAD`.
    public static let exceptionPayload = Self(rawValue: 164)
    /// `KVM_CAP_MANUAL_DIRTY_LOG_PROTECT`.
    public static let manualDirtyLogProtect = Self(rawValue: 166)
    /// `KVM_CAP_HYPERV_CPUID`.
    public static let hyperVCPUID = Self(rawValue: 167)
    /// `KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2`.
    public static let manualDirtyLogProtect2 = Self(rawValue: 168)
    /// `KVM_CAP_PMU_EVENT_FILTER`.
    public static let pmuEventFilter = Self(rawValue: 173)
    /// `KVM_CAP_HYPERV_DIRECT_TLBFLUSH`.
    public static let hyperVDirectTLBFlush = Self(rawValue: 175)
    /// `KVM_CAP_HALT_POLL`.
    public static let haltPoll = Self(rawValue: 182)
    /// `KVM_CAP_ASYNC_PF_INT`.
    public static let asyncPFInterrupt = Self(rawValue: 183)
    /// `KVM_CAP_LAST_CPU`.
    public static let lastCPU = Self(rawValue: 184)
    /// `KVM_CAP_SMALLER_MAXPHYADDR`.
    public static let smallerMaxPhysicalAddress = Self(rawValue: 185)
    /// `KVM_CAP_X86_USER_SPACE_MSR`.
    public static let x86UserSpaceMSR = Self(rawValue: 188)
    /// `KVM_CAP_X86_MSR_FILTER`.
    public static let x86MSRFilter = Self(rawValue: 189)
    /// `KVM_CAP_ENFORCE_PV_FEATURE_CPUID`.
    public static let enforcePVFeatureCPUID = Self(rawValue: 190)
    /// `KVM_CAP_SYS_HYPERV_CPUID`.
    public static let systemHyperVCPUID = Self(rawValue: 191)
    /// `KVM_CAP_DIRTY_LOG_RING`.
    public static let dirtyLogRing = Self(rawValue: 192)
    /// `KVM_CAP_X86_BUS_LOCK_EXIT`.
    public static let x86BusLockExit = Self(rawValue: 193)
    /// `KVM_CAP_SET_GUEST_DEBUG2`.
    public static let setGuestDebug2 = Self(rawValue: 195)
    /// `KVM_CAP_SGX_ATTRIBUTE`.
    public static let sgxAttribute = Self(rawValue: 196)
    /// `KVM_CAP_VM_COPY_ENC_CONTEXT_FROM`.
    public static let vmCopyEncryptionContextFrom = Self(rawValue: 197)
    /// `KVM_CAP_HYPERV_ENFORCE_CPUID`.
    public static let hyperVEnforceCPUID = Self(rawValue: 199)
    /// `KVM_CAP_SREGS2`.
    public static let sregs2 = Self(rawValue: 200)
    /// `KVM_CAP_EXIT_HYPERCALL`.
    public static let exitHypercall = Self(rawValue: 201)
    /// `KVM_CAP_BINARY_STATS_FD`.
    public static let binaryStatsFD = Self(rawValue: 203)
    /// `KVM_CAP_EXIT_ON_EMULATION_FAILURE`.
    public static let exitOnEmulationFailure = Self(rawValue: 204)
    /// `KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM`.
    public static let vmMoveEncryptionContextFrom = Self(rawValue: 206)
    /// `KVM_CAP_VM_GPA_BITS`.
    public static let vmGPABits = Self(rawValue: 207)
    /// `KVM_CAP_XSAVE2`.
    public static let xsave2 = Self(rawValue: 208)
    /// `KVM_CAP_SYS_ATTRIBUTES`.
    public static let systemAttributes = Self(rawValue: 209)
    /// `KVM_CAP_PMU_CAPABILITY`.
    public static let pmuCapability = Self(rawValue: 212)
    /// `KVM_CAP_DISABLE_QUIRKS2`.
    public static let disableQuirks2 = Self(rawValue: 213)
    /// `KVM_CAP_VM_TSC_CONTROL`.
    public static let vmTSCControl = Self(rawValue: 214)
    /// `KVM_CAP_SYSTEM_EVENT_DATA`.
    public static let systemEventData = Self(rawValue: 215)
    /// `KVM_CAP_X86_TRIPLE_FAULT_EVENT`.
    public static let x86TripleFaultEvent = Self(rawValue: 218)
    /// `KVM_CAP_X86_NOTIFY_VMEXIT`.
    public static let x86NotifyVMExit = Self(rawValue: 219)
    /// `KVM_CAP_VM_DISABLE_NX_HUGE_PAGES`.
    public static let vmDisableNXHugePages = Self(rawValue: 220)
    /// `KVM_CAP_DIRTY_LOG_RING_ACQ_REL`.
    public static let dirtyLogRingAcquireRelease = Self(rawValue: 223)
    /// `KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP`.
    public static let dirtyLogRingWithBitmap = Self(rawValue: 225)
    /// `KVM_CAP_PMU_EVENT_MASKED_EVENTS`.
    public static let pmuEventMaskedEvents = Self(rawValue: 226)
    /// `KVM_CAP_USER_MEMORY2`.
    public static let userMemory2 = Self(rawValue: 231)
    /// `KVM_CAP_MEMORY_FAULT_INFO`.
    public static let memoryFaultInformation = Self(rawValue: 232)
    /// `KVM_CAP_MEMORY_ATTRIBUTES`.
    public static let memoryAttributes = Self(rawValue: 233)
    /// `KVM_CAP_GUEST_MEMFD`.
    public static let guestMemoryFile = Self(rawValue: 234)
    /// `KVM_CAP_VM_TYPES`.
    public static let vmTypes = Self(rawValue: 235)
    /// `KVM_CAP_PRE_FAULT_MEMORY`.
    public static let preFaultMemory = Self(rawValue: 236)
    /// `KVM_CAP_X86_APIC_BUS_CYCLES_NS`.
    public static let x86APICBusCycles = Self(rawValue: 237)
    /// `KVM_CAP_X86_GUEST_MODE`.
    public static let x86GuestMode = Self(rawValue: 238)
    /// `KVM_CAP_GUEST_MEMFD_FLAGS`.
    public static let guestMemoryFileFlags = Self(rawValue: 244)
}
