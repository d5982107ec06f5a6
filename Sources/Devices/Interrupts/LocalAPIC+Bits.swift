extension LocalAPIC {
    /// Offsets of the registers, each at a multiple of 16 bytes.
    enum Register: UInt16, CaseIterable {
        case identifier = 0x020
        case version = 0x030
        case taskPriority = 0x080
        case arbitrationPriority = 0x090
        case processorPriority = 0x0A0
        case endOfInterrupt = 0x0B0
        case remoteRead = 0x0C0
        case logicalDestination = 0x0D0
        case destinationFormat = 0x0E0
        case spurious = 0x0F0
        case errorStatus = 0x280
        case commandLow = 0x300
        case commandHigh = 0x310
        case timerEntry = 0x320
        case thermalEntry = 0x330
        case performanceEntry = 0x340
        case lint0Entry = 0x350
        case lint1Entry = 0x360
        case errorEntry = 0x370
        case initialCount = 0x380
        case currentCount = 0x390
        case divideConfiguration = 0x3E0

        /// The 256-bit registers take eight registers each.
        static let inService: UInt16 = 0x100
        static let levelTriggered: UInt16 = 0x180
        static let requests: UInt16 = 0x200
        static let requestsEnd: UInt16 = 0x280
    }

    /// Version register: version 0x14 of the integrated APIC, whose table's last entry is number 5.
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

        /// What of the low half can be written: the delivery status, bit 12, always says idle.
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
