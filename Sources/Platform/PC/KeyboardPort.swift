public import X86

/// The 8042 keyboard controller's ports.
public enum KeyboardPort: UInt16, CaseIterable, Sendable {
    /// The output buffer when read; the keyboard, or a command's argument, when written.
    case data = 0x60
    /// Status when read, command when written.
    case command = 0x64

    /// The controller's port of a number; nil for others.
    public init?(_ port: Port) { self.init(rawValue: port.rawValue) }
}
