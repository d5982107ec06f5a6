internal import X86

/// Where the segment registers are in ``ProcessorRegisters/segments``.
enum SegmentNumber {
    static let es = 0
    static let cs = 1
    static let ss = 2
    static let ds = 3
    static let fs = 4
    static let gs = 5
    static let tr = 6
    static let ldtr = 7
}

extension ProcessorState.Segment {
    /// 64-bit code (L).
    var isLongCode: Bool { accessRights & 1 << 13 != 0 }
    /// 32-bit code or stack (D/B).
    var isBig: Bool { accessRights & 1 << 14 != 0 }
    /// No descriptor is loaded.
    var isUnusable: Bool { accessRights & 1 << 16 != 0 }
    var type: UInt32 { accessRights & 15 }
    /// A code or data segment and not one of the system's.
    var isOrdinary: Bool { accessRights & 16 != 0 }
    var descriptorPrivilege: UInt8 { UInt8(accessRights >> 5 & 3) }
    var isPresent: Bool { accessRights & 128 != 0 }
    var isCode: Bool { accessRights & 8 != 0 }
    /// Code that keeps the privilege of its caller.
    var isConforming: Bool { accessRights & 12 == 12 }
    /// Data that may be written.
    var isWritable: Bool { accessRights & 10 == 2 }
    var isReadable: Bool { !isCode || accessRights & 2 != 0 }
    /// Data whose offsets are those above the limit.
    var expandsDown: Bool { accessRights & 12 == 4 }
    /// Every offset is a linear address that may be read and written.
    var isFlatData: Bool {
        base == 0 && limit == 0xFFFF_FFFF && !isUnusable && isWritable && !expandsDown
    }
}
