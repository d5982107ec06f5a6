extension KeyboardController8042 {
    /// Commands of port 0x64.
    enum Command: UInt8 {
        case readConfiguration = 0x20
        case writeConfiguration = 0x60
        case disableAuxiliary = 0xA7
        case enableAuxiliary = 0xA8
        case testAuxiliary = 0xA9
        case selfTest = 0xAA
        case testKeyboard = 0xAB
        case disableKeyboard = 0xAD
        case enableKeyboard = 0xAE
        case readInputPort = 0xC0
        case readOutputPort = 0xD0
        case writeOutputPort = 0xD1
        case writeKeyboardOutput = 0xD2
        case writeAuxiliaryOutput = 0xD3
        case writeAuxiliary = 0xD4
        case disableAddressLine20 = 0xDD
        case enableAddressLine20 = 0xDF

        /// Commands from here on pulse bits of the output port.
        static let firstPulse: UInt8 = 0xF0
    }

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
