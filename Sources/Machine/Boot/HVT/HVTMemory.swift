import ByteCoding
import Engine
import X86

/// Where things lie in a unikernel's memory: the same addresses as in Solo5's tender.
enum HVTMemory {
    static let pageSize: UInt64 = 0x1000
    /// The unit of memory, because page tables map it in such units.
    static let unit: UInt64 = 0x20_0000
    /// The most memory that a unikernel can have. Solo5's tender gives up to 4 GiB; KVM needs pages below that for
    /// itself on some processors.
    static let largestSize: UInt64 = 0xFE00_0000

    static let descriptors: UInt64 = 0x1000
    static let rootTable: UInt64 = 0x2000
    static let pointerTable: UInt64 = 0x3000
    static let directories: UInt64 = 0x4000
    static let firstTable: UInt64 = 0x8000
    /// Where the guest finds the description of its machine. Memory below it is not mapped.
    static let bootInformation: UInt64 = 0x1_0000
    /// Where programs may begin. Memory below can only be read.
    static let programStart: UInt64 = 0x10_0000

    static let descriptorLimit: UInt16 = 23
    private static let directoryCount: UInt64 = 4
    private static let entries = 512

    /// How much memory a guest gets if the user asks for `size`: whole units, and at least one.
    static func size(forAsked size: UInt64) throws(MachineError) -> UInt64 {
        let whole = max(size / unit * unit, unit)
        guard whole <= largestSize else {
            throw .misusedOption("--memory", "a unikernel can have at most \(largestSize >> 20) MiB")
        }
        return whole
    }

    private static let present: UInt64 = 1
    private static let writable: UInt64 = 2
    private static let large: UInt64 = 0x80

    /// Page tables and segment descriptors for `size` bytes of memory, in whole units.
    static func tables(size: UInt64) -> [MemoryContent] {
        [
            content(at: descriptors, [0, 0x00AF_9900_0000_FFFF, 0x00CF_9300_0000_FFFF]),
            content(at: rootTable, [pointerTable | present | writable]),
            content(at: pointerTable, (0..<directoryCount).map { directories + $0 * pageSize | present | writable }),
            content(at: directories, directory(size: size)),
            content(at: firstTable, firstPages),
        ]
    }

    /// Maps the first unit by pages and the others whole.
    private static func directory(size: UInt64) -> [UInt64] {
        [firstTable | present | writable] + (1..<size / unit).map { $0 * unit | present | writable | large }
    }

    /// Pages below the boot information are not present for the guest; page 0 is one of them.
    private static var firstPages: [UInt64] {
        (0..<UInt64(entries)).map { number in
            let address = number * pageSize
            if address < bootInformation { return 0 }
            return address | present | (address < programStart ? 0 : writable)
        }
    }

    private static func content(at address: UInt64, _ numbers: [UInt64]) -> MemoryContent {
        var writer = ByteWriter(capacity: 8 * numbers.count)
        for number in numbers { writer.write(number) }
        return MemoryContent(address: GuestPhysicalAddress(address), bytes: writer.bytes)
    }
}
