import Devices
import Engine
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

/// Calls and accesses that end a unikernel's run.
extension HVTBoardTests {
    /// Structures that are not in memory, wrap around, or take results where none can go.
    @Test(arguments: Hypercall.allCases, [HVTBench.memorySize, HVTBench.memorySize - 4, 0xFFFF_FFF8] as [UInt64])
    func structureOutsideMemoryIsAFaultOfTheGuests(call: Hypercall, address: UInt64) throws {
        var bench = try HVTBench()

        let signal = bench.write(call, address)

        #expect(signal == nil)
        let fault = try #require(bench.board.fault)
        #expect(fault.hasPrefix("\(call.name): the structure"))
        #expect(!bench.board.hasDeviceAccesses)
    }

    @Test(arguments: Hypercall.allCases.filter { $0.resultOffset != nil })
    func resultsThatHaveNowhereToGoAreAFault(call: Hypercall) throws {
        var bench = try HVTBench()

        _ = bench.write(call, HVTBench.readOnly)

        #expect(try #require(bench.board.fault).contains("can only be read"))
    }

    static let badData: [(UInt64, UInt64)] = [
        (HVTBench.memorySize, 1), (HVTBench.memorySize - 1, 2), (.max, 1), (.max - 3, 8), (1 << 32, 4),
        (data, HVTBench.memorySize),
    ]

    @Test(arguments: badData)
    func textOutsideMemoryIsAFault(address: UInt64, length: UInt64) throws {
        var bench = try HVTBench()

        let signal = try bench.call(.puts, address, length)

        #expect(signal == nil)
        #expect(try #require(bench.board.fault).hasPrefix("puts: data 0x\(String(address, radix: 16))"))
    }

    @Test(arguments: [65 << 20, 1 << 40, .max] as [UInt64])
    func moreTextThanOneCallMovesIsAFault(length: UInt64) throws {
        var bench = try HVTBench()

        try bench.call(.puts, Self.data, length)

        #expect(try #require(bench.board.fault).contains("more than"))
    }

    @Test(arguments: [HVTBench.memorySize - 511, .max - 511, 1 << 32] as [UInt64])
    func blocksOutsideMemoryAreAFault(address: UInt64) throws {
        var (reader, writer) = (try HVTBench(), try HVTBench())

        try reader.call(.blockRead, 1, 0, address, 512)
        try writer.call(.blockWrite, 1, 0, address, 512)

        #expect(try #require(reader.board.fault).hasPrefix("block_read: data"))
        #expect(try #require(writer.board.fault).hasPrefix("block_write: data"))
    }

    @Test func blocksIntoWhatCanOnlyBeReadAreAFaultAndWritingThemFromThereIsNot() throws {
        var (reader, writer) = (try HVTBench(), try HVTBench())

        try reader.call(.blockRead, 1, 0, HVTBench.readOnly - 256, 512)
        try writer.call(.blockWrite, 1, 0, HVTBench.readOnly - 256, 512)

        #expect(try #require(reader.board.fault).contains("can only be read"))
        #expect(try reader.bytes(at: HVTBench.readOnly - 256, count: 256) == [UInt8](repeating: 0, count: 256))
        #expect(writer.board.fault == nil)
    }

    @Test(arguments: [HVTBench.memorySize - 10, .max, HVTBench.readOnly] as [UInt64])
    func packetsIntoNowhereAreAFaultAndStayOnTheWire(address: UInt64) throws {
        var bench = try HVTBench()
        bench.wire.arriving = [(.start, [1])]

        try bench.call(.netRead, 2, address, 64)

        #expect(try #require(bench.board.fault).hasPrefix("net_read: data"))
        #expect(bench.wire.arriving.count == 1)
    }

    @Test func packetFromNowhereIsAFaultAndIsNotSent() throws {
        var bench = try HVTBench()

        try bench.call(.netWrite, 2, HVTBench.memorySize - 10, 64)

        #expect(try #require(bench.board.fault).hasPrefix("net_write: data"))
        #expect(bench.wire.sent.isEmpty)
    }

    @Test func cookieThatIsNotAllInMemoryIsAFault() throws {
        var bench = try HVTBench()

        let signal = try bench.call(.halt, HVTBench.memorySize - 511, 0)

        #expect(signal == nil)
        #expect(try #require(bench.board.fault).hasPrefix("halt: cookie"))
    }

    @Test(
        arguments: [(0x500, .doubleword), (0x509, .doubleword), (0x502, .byte), (0x3F8, .byte)]
            as [(UInt16, AccessSize)]
    )
    func otherPortsAreAFault(port: UInt16, size: AccessSize) throws {
        var bench = try HVTBench()

        _ = bench.board.writePort(Port(port), size, 0, now: .start)

        #expect(try #require(bench.board.fault).contains("no call"))
    }

    @Test func readingAPortIsAFault() throws {
        var bench = try HVTBench()

        let value = bench.board.readPort(Port(0x502), .word, now: .start)

        #expect(value == 0xFFFF)
        #expect(try #require(bench.board.fault).contains("read 2 bytes from port"))
    }

    @Test func accessesWithoutMemoryAreFaultsAndSayWhetherItCanBeRead() throws {
        var (reader, writer, constant) = (try HVTBench(), try HVTBench(), try HVTBench())

        _ = reader.board.readMemory(GuestPhysicalAddress(HVTBench.memorySize), 4, now: .start)
        _ = writer.board.writeMemory(GuestPhysicalAddress(HVTBench.memorySize), 4, 0, now: .start)
        _ = constant.board.writeMemory(GuestPhysicalAddress(HVTBench.readOnly), 4, 0, now: .start)

        #expect(try #require(reader.board.fault).contains("no memory"))
        #expect(try #require(writer.board.fault).contains("no memory"))
        #expect(try #require(constant.board.fault).contains("only be read"))
    }

    @Test func firstFaultIsTheOneThatIsTold() throws {
        var bench = try HVTBench()

        try bench.call(.puts, .max, 1)
        _ = bench.board.readPort(Port(1), .byte, now: .start)

        #expect(try #require(bench.board.fault).hasPrefix("puts"))
    }
}
