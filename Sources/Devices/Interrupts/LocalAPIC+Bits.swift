internal import Platform

extension LocalAPIC {
    /// Offsets of the registers, each at a multiple of 16 bytes.
    typealias Register = LocalAPICRegister

    /// Version register: version 0x14 of the integrated APIC; the last entry of the table is number 5.
    static let version: UInt32 = 0x0005_0014

    /// ESR (11.5.3).
    struct Errors: OptionSet, Hashable {
        let rawValue: UInt8
        static let sentIllegalVector = Self(rawValue: 1 << 5)
        static let receivedIllegalVector = Self(rawValue: 1 << 6)
        static let illegalRegister = Self(rawValue: 1 << 7)
    }

    /// An entry of the local vector table (11.5.1).
    struct LocalVector: RawRepresentable, Hashable {
        var rawValue: UInt32

        static let masked: UInt32 = 1 << 16
        static let periodic: UInt32 = 1 << 17
        static let vectorAndMode: UInt32 = 0x7FF
        static let pin: UInt32 = 1 << 13 | 1 << 15
        static let reset = LocalVector(rawValue: masked)

        var vector: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
        var mode: InterruptMessage.DeliveryMode? {
            InterruptMessage.DeliveryMode(rawValue: UInt8(truncatingIfNeeded: rawValue >> 8 & 7))
        }
        var isMasked: Bool { rawValue & Self.masked != 0 }
        var isPeriodic: Bool { rawValue & Self.periodic != 0 }
        var isLevelTriggered: Bool { rawValue & 1 << 15 != 0 && mode == .fixed }
    }

    /// ICR (11.6.1).
    struct InterruptCommand: RawRepresentable {
        enum Shorthand: UInt8 {
            case none, ownself, all, others
        }

        var rawValue: UInt64

        /// The writable bits of the low half. The delivery status, bit 12, is always idle.
        static let writableLow: UInt32 = 0x000C_CFFF

        var vector: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
        var mode: InterruptMessage.DeliveryMode? {
            InterruptMessage.DeliveryMode(rawValue: UInt8(truncatingIfNeeded: rawValue >> 8 & 7))
        }
        var isLogical: Bool { rawValue & 1 << 11 != 0 }
        var isAsserted: Bool { rawValue & 1 << 14 != 0 }
        var isLevelTriggered: Bool { rawValue & 1 << 15 != 0 }
        var shorthand: Shorthand { Shorthand(rawValue: UInt8(truncatingIfNeeded: rawValue >> 18 & 3)) ?? .none }
        var destination: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 56) }
    }
}
