// Capabilities of other architectures only; an x86 host answers 0.
extension Capability {
    /// `KVM_CAP_S390_PSW`.
    public static let s390PSW = Self(rawValue: 42)
    /// `KVM_CAP_PPC_SEGSTATE`.
    public static let ppcSegState = Self(rawValue: 43)
    /// `KVM_CAP_PPC_PAIRED_SINGLES`.
    public static let ppcPairedSingles = Self(rawValue: 48)
    /// `KVM_CAP_PPC_OSI`.
    public static let ppcOSI = Self(rawValue: 52)
    /// `KVM_CAP_PPC_UNSET_IRQ`.
    public static let ppcUnsetIRQ = Self(rawValue: 53)
    /// `KVM_CAP_PPC_GET_PVINFO`.
    public static let ppcGetPVInfo = Self(rawValue: 57)
    /// `KVM_CAP_PPC_IRQ_LEVEL`.
    public static let ppcIRQLevel = Self(rawValue: 58)
    /// `KVM_CAP_PPC_BOOKE_SREGS`.
    public static let ppcBookESRegs = Self(rawValue: 62)
    /// `KVM_CAP_SPAPR_TCE`.
    public static let spaprTCE = Self(rawValue: 63)
    /// `KVM_CAP_PPC_SMT`.
    public static let ppcSMT = Self(rawValue: 64)
    /// `KVM_CAP_PPC_RMA`.
    public static let ppcRMA = Self(rawValue: 65)
    /// `KVM_CAP_PPC_HIOR`.
    public static let ppcHIOR = Self(rawValue: 67)
    /// `KVM_CAP_PPC_PAPR`.
    public static let ppcPAPR = Self(rawValue: 68)
    /// `KVM_CAP_SW_TLB`.
    public static let swTLB = Self(rawValue: 69)
    /// `KVM_CAP_S390_GMAP`.
    public static let s390GMAP = Self(rawValue: 71)
    /// `KVM_CAP_S390_UCONTROL`.
    public static let s390UControl = Self(rawValue: 73)
    /// `KVM_CAP_PPC_GET_SMMU_INFO`.
    public static let ppcGetSMMUInfo = Self(rawValue: 78)
    /// `KVM_CAP_S390_COW`.
    public static let s390COW = Self(rawValue: 79)
    /// `KVM_CAP_PPC_ALLOC_HTAB`.
    public static let ppcAllocHTAB = Self(rawValue: 80)
    /// `KVM_CAP_PPC_BOOKE_WATCHDOG`.
    public static let ppcBookEWatchdog = Self(rawValue: 83)
    /// `KVM_CAP_PPC_HTAB_FD`.
    public static let ppcHTABFD = Self(rawValue: 84)
    /// `KVM_CAP_S390_CSS_SUPPORT`.
    public static let s390CSSSupport = Self(rawValue: 85)
    /// `KVM_CAP_PPC_EPR`.
    public static let ppcEPR = Self(rawValue: 86)
    /// `KVM_CAP_ARM_PSCI`.
    public static let armPSCI = Self(rawValue: 87)
    /// `KVM_CAP_ARM_SET_DEVICE_ADDR`.
    public static let armSetDeviceAddress = Self(rawValue: 88)
    /// `KVM_CAP_IRQ_MPIC`.
    public static let irqMPIC = Self(rawValue: 90)
    /// `KVM_CAP_PPC_RTAS`.
    public static let ppcRTAS = Self(rawValue: 91)
    /// `KVM_CAP_IRQ_XICS`.
    public static let irqXICS = Self(rawValue: 92)
    /// `KVM_CAP_ARM_EL1_32BIT`.
    public static let armEL132Bit = Self(rawValue: 93)
    /// `KVM_CAP_SPAPR_MULTITCE`.
    public static let spaprMultiTCE = Self(rawValue: 94)
    /// `KVM_CAP_S390_IRQCHIP`.
    public static let s390IRQChip = Self(rawValue: 99)
    /// `KVM_CAP_ARM_PSCI_0_2`.
    public static let armPSCI0Point2 = Self(rawValue: 102)
    /// `KVM_CAP_PPC_FIXUP_HCALL`.
    public static let ppcFixupHCall = Self(rawValue: 103)
    /// `KVM_CAP_PPC_ENABLE_HCALL`.
    public static let ppcEnableHCall = Self(rawValue: 104)
    /// `KVM_CAP_S390_USER_SIGP`.
    public static let s390UserSIGP = Self(rawValue: 106)
    /// `KVM_CAP_S390_VECTOR_REGISTERS`.
    public static let s390VectorRegisters = Self(rawValue: 107)
    /// `KVM_CAP_S390_MEM_OP`.
    public static let s390MemoryOp = Self(rawValue: 108)
    /// `KVM_CAP_S390_USER_STSI`.
    public static let s390UserSTSI = Self(rawValue: 109)
    /// `KVM_CAP_S390_SKEYS`.
    public static let s390StorageKeys = Self(rawValue: 110)
    /// `KVM_CAP_MIPS_FPU`.
    public static let mipsFPU = Self(rawValue: 111)
    /// `KVM_CAP_MIPS_MSA`.
    public static let mipsMSA = Self(rawValue: 112)
    /// `KVM_CAP_S390_INJECT_IRQ`.
    public static let s390InjectIRQ = Self(rawValue: 113)
    /// `KVM_CAP_S390_IRQ_STATE`.
    public static let s390IRQState = Self(rawValue: 114)
    /// `KVM_CAP_PPC_HWRNG`.
    public static let ppcHWRNG = Self(rawValue: 115)
    /// `KVM_CAP_S390_RI`.
    public static let s390RI = Self(rawValue: 124)
    /// `KVM_CAP_SPAPR_TCE_64`.
    public static let spaprTCE64 = Self(rawValue: 125)
    /// `KVM_CAP_ARM_PMU_V3`.
    public static let armPMUV3 = Self(rawValue: 126)
    /// `KVM_CAP_S390_USER_INSTR0`.
    public static let s390UserInstruction0 = Self(rawValue: 130)
    /// `KVM_CAP_MSI_DEVID`.
    public static let msiDeviceID = Self(rawValue: 131)
    /// `KVM_CAP_PPC_HTM`.
    public static let ppcHTM = Self(rawValue: 132)
    /// `KVM_CAP_SPAPR_RESIZE_HPT`.
    public static let spaprResizeHPT = Self(rawValue: 133)
    /// `KVM_CAP_PPC_MMU_RADIX`.
    public static let ppcMMURadix = Self(rawValue: 134)
    /// `KVM_CAP_PPC_MMU_HASH_V3`.
    public static let ppcMMUHashV3 = Self(rawValue: 135)
    /// `KVM_CAP_MIPS_VZ`.
    public static let mipsVZ = Self(rawValue: 137)
    /// `KVM_CAP_MIPS_TE`.
    public static let mipsTE = Self(rawValue: 138)
    /// `KVM_CAP_MIPS_64BIT`.
    public static let mips64Bit = Self(rawValue: 139)
    /// `KVM_CAP_S390_GS`.
    public static let s390GS = Self(rawValue: 140)
    /// `KVM_CAP_S390_AIS`.
    public static let s390AIS = Self(rawValue: 141)
    /// `KVM_CAP_SPAPR_TCE_VFIO`.
    public static let spaprTCEVFIO = Self(rawValue: 142)
    /// `KVM_CAP_ARM_USER_IRQ`.
    public static let armUserIRQ = Self(rawValue: 144)
    /// `KVM_CAP_S390_CMMA_MIGRATION`.
    public static let s390CMMAMigration = Self(rawValue: 145)
    /// `KVM_CAP_PPC_FWNMI`.
    public static let ppcFWNMI = Self(rawValue: 146)
    /// `KVM_CAP_PPC_SMT_POSSIBLE`.
    public static let ppcSMTPossible = Self(rawValue: 147)
    /// `KVM_CAP_S390_AIS_MIGRATION`.
    public static let s390AISMigration = Self(rawValue: 150)
    /// `KVM_CAP_PPC_GET_CPU_CHAR`.
    public static let ppcGetCPUChar = Self(rawValue: 151)
    /// `KVM_CAP_S390_BPB`.
    public static let s390BPB = Self(rawValue: 152)
    /// `KVM_CAP_S390_HPAGE_1M`.
    public static let s390HugePage1M = Self(rawValue: 156)
    /// `KVM_CAP_ARM_INJECT_SERROR_ESR`.
    public static let armInjectSErrorESR = Self(rawValue: 158)
    /// `KVM_CAP_PPC_NESTED_HV`.
    public static let ppcNestedHV = Self(rawValue: 160)
    /// `KVM_CAP_ARM_VM_IPA_SIZE`.
    public static let armVMIPASize = Self(rawValue: 165)
    /// `KVM_CAP_PPC_IRQ_XIVE`.
    public static let ppcIRQXIVE = Self(rawValue: 169)
    /// `KVM_CAP_ARM_SVE`.
    public static let armSVE = Self(rawValue: 170)
    /// `KVM_CAP_ARM_PTRAUTH_ADDRESS`.
    public static let armPointerAuthenticationAddress = Self(rawValue: 171)
    /// `KVM_CAP_ARM_PTRAUTH_GENERIC`.
    public static let armPointerAuthenticationGeneric = Self(rawValue: 172)
    /// `KVM_CAP_ARM_IRQ_LINE_LAYOUT_2`.
    public static let armIRQLineLayout2 = Self(rawValue: 174)
    /// `KVM_CAP_PPC_GUEST_DEBUG_SSTEP`.
    public static let ppcGuestDebugSingleStep = Self(rawValue: 176)
    /// `KVM_CAP_ARM_NISV_TO_USER`.
    public static let armNISVToUser = Self(rawValue: 177)
    /// `KVM_CAP_ARM_INJECT_EXT_DABT`.
    public static let armInjectExternalDataAbort = Self(rawValue: 178)
    /// `KVM_CAP_S390_VCPU_RESETS`.
    public static let s390VCPUResets = Self(rawValue: 179)
    /// `KVM_CAP_S390_PROTECTED`.
    public static let s390Protected = Self(rawValue: 180)
    /// `KVM_CAP_PPC_SECURE_GUEST`.
    public static let ppcSecureGuest = Self(rawValue: 181)
    /// `KVM_CAP_S390_DIAG318`.
    public static let s390Diag318 = Self(rawValue: 186)
    /// `KVM_CAP_STEAL_TIME`.
    public static let stealTime = Self(rawValue: 187)
    /// `KVM_CAP_PPC_DAWR1`.
    public static let ppcDAWR1 = Self(rawValue: 194)
    /// `KVM_CAP_PTP_KVM`.
    public static let ptpKVM = Self(rawValue: 198)
    /// `KVM_CAP_PPC_RPT_INVALIDATE`.
    public static let ppcRPTInvalidate = Self(rawValue: 202)
    /// `KVM_CAP_ARM_MTE`.
    public static let armMTE = Self(rawValue: 205)
    /// `KVM_CAP_PPC_AIL_MODE_3`.
    public static let ppcAILMode3 = Self(rawValue: 210)
    /// `KVM_CAP_S390_MEM_OP_EXTENSION`.
    public static let s390MemoryOpExtension = Self(rawValue: 211)
    /// `KVM_CAP_ARM_SYSTEM_SUSPEND`.
    public static let armSystemSuspend = Self(rawValue: 216)
    /// `KVM_CAP_S390_PROTECTED_DUMP`.
    public static let s390ProtectedDump = Self(rawValue: 217)
    /// `KVM_CAP_S390_ZPCI_OP`.
    public static let s390ZPCIOp = Self(rawValue: 221)
    /// `KVM_CAP_S390_CPU_TOPOLOGY`.
    public static let s390CPUTopology = Self(rawValue: 222)
    /// `KVM_CAP_S390_PROTECTED_ASYNC_DISABLE`.
    public static let s390ProtectedAsynchronousDisable = Self(rawValue: 224)
    /// `KVM_CAP_COUNTER_OFFSET`.
    public static let armCounterOffset = Self(rawValue: 227)
    /// `KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE`.
    public static let armEagerSplitChunkSize = Self(rawValue: 228)
    /// `KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES`.
    public static let armSupportedBlockSizes = Self(rawValue: 229)
    /// `KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES`.
    public static let armSupportedRegisterMaskRanges = Self(rawValue: 230)
    /// `KVM_CAP_ARM_WRITABLE_IMP_ID_REGS`.
    public static let armWritableImplementationIDs = Self(rawValue: 239)
    /// `KVM_CAP_ARM_EL2`.
    public static let armEL2 = Self(rawValue: 240)
    /// `KVM_CAP_ARM_EL2_E2H0`.
    public static let armEL2E2H0 = Self(rawValue: 241)
    /// `KVM_CAP_RISCV_MP_STATE_RESET`.
    public static let riscvMPStateReset = Self(rawValue: 242)
    /// `KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED`.
    public static let armCacheablePFNMap = Self(rawValue: 243)
    /// `KVM_CAP_ARM_SEA_TO_USER`.
    public static let armSEAToUser = Self(rawValue: 245)
    /// `KVM_CAP_S390_USER_OPEREXEC`.
    public static let s390UserOperationException = Self(rawValue: 246)
}
