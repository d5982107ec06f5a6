/// The real-time clock's ports.
public enum ClockPort: UInt16, CaseIterable, Sendable {
    /// Bits 0 to 6 choose a byte; bit 7 disables the non-maskable interrupt. A read gets a floating bus.
    case index = 0x70
    /// The chosen byte.
    case data = 0x71

    /// The bits of ``index`` that choose a byte.
    public static let indexMask: UInt8 = 0x7F
}
