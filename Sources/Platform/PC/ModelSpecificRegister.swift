/// Numbers of the model-specific registers that boards answer (Intel SDM vol. 4, chapter 2).
public enum ModelSpecificRegister {
    /// IA32_TIME_STAMP_COUNTER.
    public static let timeStampCounter: UInt32 = 0x10
    /// IA32_PLATFORM_ID.
    public static let platformIdentifier: UInt32 = 0x17
    /// IA32_APIC_BASE.
    public static let apicBase: UInt32 = 0x1B
    /// IA32_FEATURE_CONTROL.
    public static let featureControl: UInt32 = 0x3A
    /// IA32_TSC_ADJUST.
    public static let counterAdjustment: UInt32 = 0x3B
    /// IA32_BIOS_UPDT_TRIG.
    public static let microcodeTrigger: UInt32 = 0x79
    /// IA32_BIOS_SIGN_ID.
    public static let microcodeRevision: UInt32 = 0x8B
    /// IA32_MCG_CAP.
    public static let machineCheckCapability: UInt32 = 0x179
    /// IA32_MCG_STATUS.
    public static let machineCheckStatus: UInt32 = 0x17A
    /// IA32_PAT.
    public static let pageAttributes: UInt32 = 0x277
    /// IA32_MISC_ENABLE.
    public static let miscellaneousEnable: UInt32 = 0x1A0
}
