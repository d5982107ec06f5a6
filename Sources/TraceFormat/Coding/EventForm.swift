/// What kind of event it is, with the small numbers that say more about it, packed so that forms are compared at once.
struct EventForm: RawRepresentable, Equatable, BitwiseCopyable {
    /// From the lowest bit: the key, 32 bits; kind, detail and flags, 8 bits each; 8 bits of zeros.
    var rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(kind: UInt8, detail: UInt8 = 0, flags: UInt8 = 0, key: UInt32 = 0) {
        rawValue = UInt64(flags) << 48 | UInt64(detail) << 40 | UInt64(kind) << 32 | UInt64(key)
    }

    /// The port, or the number of the model-specific register.
    var key: UInt32 {
        get { UInt32(truncatingIfNeeded: rawValue) }
        set { rawValue = rawValue & ~0xFFFF_FFFF | UInt64(newValue) }
    }

    /// An `Event.Kind`, or an ``EventRecord/Crossing``.
    var kind: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 32) }

    /// Size, length, vector, instruction, position or form of content.
    var detail: UInt8 {
        get { UInt8(truncatingIfNeeded: rawValue >> 40) }
        set { rawValue = rawValue & ~(0xFF << 40) | UInt64(newValue) << 40 }
    }

    var flags: UInt8 {
        get { UInt8(truncatingIfNeeded: rawValue >> 48) }
        set { rawValue = rawValue & ~(0xFF << 48) | UInt64(newValue) << 48 }
    }
}
