internal import ByteCoding
public import X86

/// Guest memory as seen by a device that reads and writes it directly.
///
/// The board implements this and records what is written, because a replay has no devices.
public protocol GuestMemoryAccess {
    /// Fills `bytes` from memory at `address`. Throws if part of it is missing; `bytes` may then hold anything.
    mutating func read(at address: GuestPhysicalAddress, into bytes: inout MutableSpan<UInt8>) throws(GuestMemoryError)

    /// Writes `bytes` to memory at `address`. Throws if part of it is missing; then nothing was written.
    mutating func write(_ bytes: Span<UInt8>, at address: GuestPhysicalAddress) throws(GuestMemoryError)

    /// Called when a device shows `bytes` that it read at `address`, for whoever records output through memory.
    mutating func noteText(_ bytes: [UInt8], at address: GuestPhysicalAddress)

    /// Called when a device sends `bytes` that it read at `address`. What lies elsewhere in memory of the same packet
    /// follows, before the device writes anything.
    mutating func notePacket(_ bytes: [UInt8], at address: GuestPhysicalAddress)
}

/// A device was told to read or write outside guest memory.
public struct GuestMemoryError: Error, Hashable, CustomStringConvertible {
    /// Where the access began.
    public let address: GuestPhysicalAddress

    /// The size of the access in bytes.
    public let byteCount: Int

    /// Makes an error for an access.
    public init(address: GuestPhysicalAddress, byteCount: Int) {
        self.address = address
        self.byteCount = byteCount
    }

    /// One line, without a final full stop.
    public var description: String { "no guest memory for the \(byteCount) bytes at \(address)" }
}

extension GuestMemoryAccess {
    /// Does nothing.
    public mutating func noteText(_ bytes: [UInt8], at address: GuestPhysicalAddress) {}

    /// Does nothing.
    public mutating func notePacket(_ bytes: [UInt8], at address: GuestPhysicalAddress) {}

    /// Reads a little-endian number of 16 bits.
    mutating func readUInt16(at address: GuestPhysicalAddress) throws(GuestMemoryError) -> UInt16 {
        var bytes = InlineArray<2, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        try read(at: address, into: &span)
        return UInt16(truncatingIfNeeded: LittleEndian.number(bytes.span))
    }

    /// Reads a little-endian number of 64 bits.
    mutating func readUInt64(at address: GuestPhysicalAddress) throws(GuestMemoryError) -> UInt64 {
        var bytes = InlineArray<8, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        try read(at: address, into: &span)
        return LittleEndian.number(bytes.span)
    }

    /// Writes a little-endian number of 16 bits.
    mutating func writeUInt16(_ value: UInt16, at address: GuestPhysicalAddress) throws(GuestMemoryError) {
        let bytes: InlineArray<2, UInt8> = [LittleEndian.byte(0, of: value), LittleEndian.byte(1, of: value)]
        try write(bytes.span, at: address)
    }

    /// Writes a little-endian number of 64 bits.
    mutating func writeUInt64(_ value: UInt64, at address: GuestPhysicalAddress) throws(GuestMemoryError) {
        let bytes = InlineArray<8, UInt8> { LittleEndian.byte($0, of: value) }
        try write(bytes.span, at: address)
    }
}
