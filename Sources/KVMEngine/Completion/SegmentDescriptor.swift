internal import Engine
internal import GuestMemory
internal import X86

/// A descriptor from the global or the local table (Intel SDM vol. 3, 3.4.5).
struct SegmentDescriptor {
    /// Its eight bytes.
    private let bytes: [UInt8]

    /// What a selector refers to.
    enum Lookup {
        case found(SegmentDescriptor)
        /// The table is too short.
        case outside
        /// The table is not in memory.
        case unreadable
    }

    /// Looks a selector up in its table.
    static func look(up selector: UInt16, _ state: ProcessorState, _ memory: GuestMemory) -> Lookup {
        let isLocal = selector & 4 != 0
        let local = state.segments.ldt
        let hasLocal = local.accessRights & (Rights.present | Rights.unusable) == Rights.present
        guard !isLocal || hasLocal else { return .outside }
        let (base, limit) = isLocal ? (local.base, local.limit) : (state.gdt.base, UInt32(state.gdt.limit))
        let offset = UInt32(selector & ~7)
        guard offset + 7 <= limit else { return .outside }
        let bytes = memory.read(state.systemAddress(base, offset), count: 8, in: state)
        return bytes.count == 8 ? .found(SegmentDescriptor(bytes: bytes)) : .unreadable
    }

    /// As in ``ProcessorState/Segment/accessRights``.
    var accessRights: UInt32 { UInt32(bytes[5]) | UInt32(bytes[6] & 0xF0) << 8 }

    /// Offset of the last byte.
    var limit: UInt32 {
        let raw = UInt32(bytes[0]) | UInt32(bytes[1]) << 8 | UInt32(bytes[6] & 0xF) << 16
        return accessRights & Rights.pageGranular != 0 ? raw << 12 | 0xFFF : raw
    }

    /// The contents of a segment register after this descriptor is loaded.
    func segment(_ selector: UInt16) -> ProcessorState.Segment {
        let base = UInt64(bytes[2]) | UInt64(bytes[3]) << 8 | UInt64(bytes[4]) << 16 | UInt64(bytes[7]) << 24
        return ProcessorState.Segment(base: base, limit: limit, selector: selector, accessRights: accessRights)
    }

    /// Whether it is for code.
    var isCode: Bool { accessRights & 0x18 == 0x18 }
    /// Whether it is for code that runs with its caller's privilege.
    var isConforming: Bool { accessRights & 0x1C == 0x1C }
    var isPresent: Bool { accessRights & Rights.present != 0 }
    /// Whether the processor has marked it as used.
    var isAccessed: Bool { accessRights & 1 != 0 }
    var privilege: Int { Int(accessRights >> 5 & 3) }
    /// Whether it is for 64-bit code.
    var isLong: Bool { accessRights & (Rights.long | Rights.big) == Rights.long }
    /// Whether it is for 32-bit code.
    var isBig: Bool { accessRights & (Rights.long | Rights.big) == Rights.big }
    /// Whether it describes a task that is not running, of 16 or 32 bits.
    var isAvailableTask: Bool { [1, 9].contains(accessRights & 0x1F) }

    private enum Rights {
        static let present: UInt32 = 1 << 7
        static let long: UInt32 = 1 << 13
        static let big: UInt32 = 1 << 14
        static let pageGranular: UInt32 = 1 << 15
        static let unusable: UInt32 = 1 << 16
    }
}

extension ProcessorState {
    /// The linear address at an offset in a system table: 32 bits wide outside long mode.
    func systemAddress(_ base: UInt64, _ offset: UInt32) -> GuestVirtualAddress {
        let address = base &+ UInt64(offset)
        return GuestVirtualAddress(isLongModeActive ? address : address & 0xFFFF_FFFF)
    }
}

extension ProcessorState.PendingEvents.Exception {
    /// #GP with an error code.
    static func generalProtection(_ code: UInt32) -> Self { .init(vector: 13, errorCode: code) }
    /// #GP for a selector.
    static func generalProtection(_ selector: UInt16) -> Self { .generalProtection(UInt32(selector & ~3)) }
    /// #NP with an error code.
    static func notPresent(_ code: UInt32) -> Self { .init(vector: 11, errorCode: code) }
    /// #NP for a selector.
    static func notPresent(_ selector: UInt16) -> Self { .notPresent(UInt32(selector & ~3)) }
    /// #SS for the present stack segment.
    static var stackFault: Self { .init(vector: 12, errorCode: 0) }
}
