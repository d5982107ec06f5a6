/// A serial port's LSR.
public struct SerialLineStatus: OptionSet, Hashable, Sendable {
    /// The bits as the guest sees them.
    public let rawValue: UInt8
    /// Bits as the guest sees them.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A byte waits to be read.
    public static let dataReady = Self(rawValue: 1 << 0)
    /// A byte was lost.
    public static let overrunError = Self(rawValue: 1 << 1)
    /// The byte had the wrong parity.
    public static let parityError = Self(rawValue: 1 << 2)
    /// The byte had no stop bit.
    public static let framingError = Self(rawValue: 1 << 3)
    /// The line was held low.
    public static let breakInterrupt = Self(rawValue: 1 << 4)
    /// There is room for a byte to send.
    public static let transmitterHoldingEmpty = Self(rawValue: 1 << 5)
    /// Everything has been sent.
    public static let transmitterEmpty = Self(rawValue: 1 << 6)
    /// A byte in the FIFO came with an error.
    public static let fifoError = Self(rawValue: 1 << 7)
    /// The errors that come with a byte.
    public static let errorsInFIFO: Self = [.parityError, .framingError, .breakInterrupt]
}
