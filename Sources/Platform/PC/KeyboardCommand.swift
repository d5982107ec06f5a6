/// Commands of the keyboard controller, written to its command port.
public enum KeyboardCommand: UInt8, Sendable {
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
    public static let firstPulse: UInt8 = 0xF0
    /// Bit 0 of the output port, and of a pulse: low resets the processor.
    public static let resetLine: UInt8 = 1 << 0
}
