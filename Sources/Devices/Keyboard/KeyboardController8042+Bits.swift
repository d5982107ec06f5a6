internal import Platform

extension KeyboardController8042 {
    /// Commands of port 0x64.
    typealias Command = KeyboardCommand

    /// Answer to the controller's self-test.
    static let selfTestPassed: UInt8 = 0x55
    /// Answer to the test of a connector's lines.
    static let linePassed: UInt8 = 0x00
    /// Input port: not locked, colour display.
    static let inputPort: UInt8 = 0x80

    /// Port 0x64 when read.
    struct Status: OptionSet {
        let rawValue: UInt8
        static let outputFull = Self(rawValue: 1 << 0)
        static let systemFlag = Self(rawValue: 1 << 2)
        static let command = Self(rawValue: 1 << 3)
        static let unlocked = Self(rawValue: 1 << 4)
        static let auxiliaryOutput = Self(rawValue: 1 << 5)
        static let timeout = Self(rawValue: 1 << 6)
    }

    /// The controller's command byte.
    struct Configuration: OptionSet, Hashable {
        let rawValue: UInt8
        static let keyboardInterrupt = Self(rawValue: 1 << 0)
        static let auxiliaryInterrupt = Self(rawValue: 1 << 1)
        static let systemFlag = Self(rawValue: 1 << 2)
        static let keyboardDisabled = Self(rawValue: 1 << 4)
        static let auxiliaryDisabled = Self(rawValue: 1 << 5)
        static let translates = Self(rawValue: 1 << 6)
        static let implemented: Self = [
            .keyboardInterrupt, .auxiliaryInterrupt, .systemFlag, .keyboardDisabled, .auxiliaryDisabled, .translates,
        ]
    }

    /// The output port.
    struct OutputPort: OptionSet {
        let rawValue: UInt8
        static let notReset = Self(rawValue: 1 << 0)
        static let addressLine20 = Self(rawValue: 1 << 1)
        static let keyboardInterrupt = Self(rawValue: 1 << 4)
        static let auxiliaryInterrupt = Self(rawValue: 1 << 5)
    }
}
