/// How the processor decodes instructions.
public enum ExecutionMode: Hashable, Sendable {
    /// Real-address mode, 16-bit code.
    case real
    /// Protected mode with a 16-bit code segment.
    case protected16
    /// Protected mode, or compatibility mode, with a 32-bit code segment.
    case protected32
    /// 64-bit mode.
    case long64

    /// An instruction pointer, truncated as this mode's code increments it: to 16, 32 or 64 bits.
    public func wrapped(_ rip: UInt64) -> UInt64 {
        switch self {
        case .long64: rip
        case .protected32: rip & 0xFFFF_FFFF
        case .real, .protected16: rip & 0xFFFF
        }
    }
}

extension ProcessorState {
    /// The mode that CR0, EFER and the code segment select (Intel SDM vol. 3, 2.2 and 3.4.5).
    public var mode: ExecutionMode {
        guard control.cr0 & ControlBit.protectionEnable != 0 else { return .real }
        if isLongModeActive, segments.cs.accessRights & Segment.longCode != 0 { return .long64 }
        return segments.cs.accessRights & Segment.defaultBig != 0 ? .protected32 : .protected16
    }

    /// Whether EFER.LMA is set: 64-bit mode or compatibility mode.
    public var isLongModeActive: Bool { control.efer & ControlBit.longModeActive != 0 }

    /// The current privilege level, 0 to 3: SS.DPL, or 0 in real mode.
    public var privilegeLevel: Int {
        mode == .real ? 0 : Int(segments.ss.accessRights >> 5 & 3)
    }

    /// Whether IN and OUT work here whatever the task's permission bitmap says: at a privilege level up to IOPL, and outside
    /// virtual-8086 mode (Intel SDM vol. 1, 19.5.1; vol. 3, 21.2.8).
    public var hasPortPrivilege: Bool {
        mode == .real || rflags & FlagBit.virtual8086 == 0 && privilegeLevel <= Int(rflags >> 12 & 3)
    }
}

/// Bits of CR0, CR4 and EFER that decide how memory is addressed (Intel SDM vol. 3, 2.5 and 2.2.1).
enum ControlBit {
    static let protectionEnable: UInt64 = 1 << 0
    static let paging: UInt64 = 1 << 31
    static let pageSizeExtensions: UInt64 = 1 << 4
    static let physicalAddressExtension: UInt64 = 1 << 5
    static let fiveLevelPaging: UInt64 = 1 << 12
    static let longModeActive: UInt64 = 1 << 10
}

/// Bits of RFLAGS that decide how instructions execute (Intel SDM vol. 1, 3.4.3).
private enum FlagBit {
    static let virtual8086: UInt64 = 1 << 17
}

extension ProcessorState.Segment {
    /// Access-rights bit: 64-bit code (L).
    static let longCode: UInt32 = 1 << 13
    /// Access-rights bit of a data segment: valid above its limit (E).
    static let expandsDown: UInt32 = 1 << 2
    /// Access-rights bit: 32-bit code or stack (D/B).
    static let defaultBig: UInt32 = 1 << 14
}
