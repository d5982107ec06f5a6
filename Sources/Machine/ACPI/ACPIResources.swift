internal import ByteCoding

/// Resource descriptors, as `_CRS` lists them (ACPI 6.5, 6.4).
enum ACPIResources {
    /// The range has a fixed first and last address, and is not shared.
    private static let fixed: UInt8 = 0x0C

    /// Ports that a device decodes itself: `IO (Decode16, first, first, 1, count)`.
    static func ports(_ first: UInt16, count: UInt8) -> [UInt8] {
        [0x47, 1] + LittleEndian.bytes(of: first) + LittleEndian.bytes(of: first) + [1, count]
    }

    /// Bus numbers that a bridge passes on: `WordBusNumber`.
    static func buses(_ range: ClosedRange<UInt16>) -> [UInt8] { words(kind: 2, flags: 0, range) }

    /// Ports that a bridge passes on: `WordIO`, of the whole range.
    static func portWindow(_ range: ClosedRange<UInt16>) -> [UInt8] { words(kind: 1, flags: 3, range) }

    /// Addresses that a bridge passes on: `DWordMemory`, which can be read and written.
    static func memoryWindow(_ range: ClosedRange<UInt32>, isCacheable: Bool) -> [UInt8] {
        [0x87, 23, 0, 0, fixed, isCacheable ? 3 : 1] + LittleEndian.bytes(of: UInt32(0))
            + LittleEndian.bytes(of: range.lowerBound)
            + LittleEndian.bytes(of: range.upperBound) + LittleEndian.bytes(of: UInt32(0))
            + LittleEndian.bytes(of: range.upperBound - range.lowerBound + 1)
    }

    /// The end of a list. Its checksum of 0 means that there is none.
    static let end: [UInt8] = [0x79, 0]

    private static func words(kind: UInt8, flags: UInt8, _ range: ClosedRange<UInt16>) -> [UInt8] {
        [0x88, 13, 0, kind, fixed, flags] + LittleEndian.bytes(of: UInt16(0)) + LittleEndian.bytes(of: range.lowerBound)
            + LittleEndian.bytes(of: range.upperBound) + LittleEndian.bytes(of: UInt16(0))
            + LittleEndian.bytes(of: range.upperBound - range.lowerBound + 1)
    }
}
