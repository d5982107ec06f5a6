import Testing
import X86

@testable import GuestMemory

@Suite struct GuestMemoryTests {
    private static func region(_ address: UInt64, _ size: UInt64, rom: Bool = false) -> GuestMemory.Region {
        GuestMemory.Region(address: GuestPhysicalAddress(address), size: size, isReadOnly: rom)
    }

    /// A page of RAM at 0, a hole, two pages of ROM at 0x4000.
    private static func memory() throws -> GuestMemory {
        try GuestMemory(regions: [region(0x4000, 0x2000, rom: true), region(0, 0x1000)])
    }

    @Test(
        arguments: [
            ("nothing", []),
            ("an unaligned address", [region(0x800, 0x1000)]),
            ("an unaligned size", [region(0, 0x1001)]),
            ("no bytes", [region(0, 0)]),
            ("an overlap", [region(0, 0x2000), region(0x1000, 0x1000)]),
            ("the same region twice", [region(0, 0x1000), region(0, 0x1000)]),
            ("an end behind the last address", [region(UInt64.max - 0xFFF, 0x1000)]),
            ("a wrap around", [region(UInt64.max - 0xFFF, 0x2000)]),
            ("more than a trace admits", [region(0, GuestMemory.maximumSize + 0x1000)]),
            ("all there is", [region(0, UInt64.max - 0xFFF)]),
            ("more than a trace admits in two", [region(0, 1 << 39), region(1 << 41, 1 << 40)]),
        ]
    )
    func anImpossibleMapIsRefused(what: String, regions: [GuestMemory.Region]) {
        #expect(throws: MemoryError.self, "\(what)") { try GuestMemory(regions: regions) }
    }

    @Test func regionsAreSortedByAddress() throws {
        #expect(try Self.memory().regions.map(\.address.rawValue) == [0, 0x4000])
    }

    @Test func neighboursAreNoOverlap() throws {
        let memory = try GuestMemory(regions: [Self.region(0x1000, 0x1000), Self.region(0, 0x1000)])
        #expect(memory.regions.count == 2)
    }

    @Test func memoryIsZeroUntilWritten() throws {
        let memory = try Self.memory()
        #expect(try memory.read(at: GuestPhysicalAddress(0), count: 0x1000).allSatisfy { $0 == 0 })
    }

    @Test(arguments: [UInt64(0), 0xFFD, 0x4000, 0x4FFE, 0x5FFD])
    func whatIsWrittenIsRead(address: UInt64) throws {
        let memory = try Self.memory()
        try memory.write([1, 2, 3], at: GuestPhysicalAddress(address))
        #expect(try memory.read(at: GuestPhysicalAddress(address), count: 3) == [1, 2, 3])
    }

    @Test(
        arguments: [
            (UInt64(0xFFE), 3), (0x1000, 1), (0x3FFF, 1), (0x3FFF, 2), (0x5FFE, 3), (0x6000, 1), (0, 0x1001), (0, .max),
            (UInt64.max, 1), (UInt64.max - 1, 3), (0, -1),
        ]
    )
    func anAccessThatLeavesItsRegionIsRefused(address: UInt64, count: Int) throws {
        let memory = try Self.memory()
        #expect(throws: MemoryError.self) { try memory.read(at: GuestPhysicalAddress(address), count: count) }
        #expect(!memory.contains(GuestPhysicalAddress(address), count: count))
    }

    @Test func aRefusedWriteChangesNothing() throws {
        let memory = try Self.memory()
        #expect(throws: MemoryError.self) { try memory.write([1, 2, 3], at: GuestPhysicalAddress(0xFFE)) }
        #expect(try memory.read(at: GuestPhysicalAddress(0xFFE), count: 2) == [0, 0])
        #expect(memory.takeHostWrites().isEmpty)
    }

    @Test func onlyWholePagesAreLent() throws {
        let memory = try Self.memory()
        #expect(throws: MemoryError.self) { try memory.withPage(GuestPhysicalAddress(0x1000)) { $0.byteCount } }
        #expect(throws: MemoryError.self) { try memory.withPage(GuestPhysicalAddress(0x10)) { $0.byteCount } }
        #expect(try memory.withPage(GuestPhysicalAddress(0x5000)) { $0.byteCount } == 0x1000)
    }

    @Test func theHostsWritesAreReportedOnceByPage() throws {
        let memory = try Self.memory()
        try memory.write([1, 2], at: GuestPhysicalAddress(0x4FFF))
        try memory.write([], at: GuestPhysicalAddress(0))
        #expect(memory.takeHostWrites() == [GuestPhysicalAddress(0x4000), GuestPhysicalAddress(0x5000)])
        #expect(memory.takeHostWrites().isEmpty)
    }
}
