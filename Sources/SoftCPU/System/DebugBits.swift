/// Bits of DR6 (Intel SDM vol. 3, 19.2.3).
enum DR6 {
    /// B0 to B3: the breakpoints that were met.
    static let breakpoints: UInt64 = 15
    /// BD: an access to a debug register.
    static let accessDetected: UInt64 = 1 << 13
    /// BS: a single step.
    static let singleStep: UInt64 = 1 << 14
    /// BT: a switch to a task that asks for a trap.
    static let taskSwitch: UInt64 = 1 << 15
    static let writable = breakpoints | accessDetected | singleStep | taskSwitch
    /// Bits that are always set.
    static let fixed: UInt64 = 0xFFFF_0FF0
}

/// Bits of DR7 (Intel SDM vol. 3, 19.2.4).
enum DR7 {
    /// GD: an access to a debug register raises an exception.
    static let generalDetect: UInt64 = 1 << 13
    /// L0 to L3 and LE: breakpoints of one task.
    static let local: UInt64 = 0x155
    static let writable: UInt64 = 0xFFFF_2BFF
    /// Bits that are always set.
    static let fixed: UInt64 = 0x400

    // What R/W0 to R/W3 ask for.
    static let onExecution: UInt64 = 0
    static let onWrite: UInt64 = 1
    static let onPort: UInt64 = 2
    static let onAccess: UInt64 = 3
}
