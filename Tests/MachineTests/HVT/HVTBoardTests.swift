import Devices
import Engine
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

/// What a unikernel's calls do.
@Suite struct HVTBoardTests {
    static let (structure, data) = (HVTBench.structure, HVTBench.data)

    @Test func wallTimeIsTheRecorders() throws {
        var bench = try HVTBench()
        bench.now = MachineTime(nanoseconds: 234)

        try bench.call(.walltime)

        #expect(try bench.result(UInt64.self, at: 0) == 1234)
        #expect(bench.board.fault == nil)
    }

    @Test func textIsShownAndNotedAsWhatTheGuestGave() throws {
        var bench = try HVTBench()
        try bench.memory.write(Array("text".utf8), at: GuestPhysicalAddress(Self.data))

        let signal = try bench.call(.puts, Self.data, 4)

        #expect(signal == .text(Array("text".utf8)))
        let accesses = bench.board.takeDeviceAccesses()
        #expect(accesses.map(\.outputKind) == [.arguments, .console])
        #expect(accesses.map(\.byteCount) == [16, 4])
        #expect(!bench.board.hasDeviceAccesses)
    }

    @Test func textMayGoFromOneRegionIntoTheNext() throws {
        var bench = try HVTBench()
        let address = HVTBench.readOnly - 2

        let signal = try bench.call(.puts, address, 4)

        #expect(signal == .text([0, 0, 0, 0]))
        #expect(bench.board.fault == nil)
    }

    @Test func blocksAreReadAndWhatWasWrittenIsReadAgain() throws {
        var bench = try HVTBench()

        try bench.call(.blockRead, 1, 1024, Self.data, 512)
        let original = try bench.bytes(count: 512)
        try bench.memory.write([UInt8](repeating: 0xAA, count: 512), at: GuestPhysicalAddress(Self.data))
        try bench.call(.blockWrite, 1, 1024, Self.data, 512)
        try bench.call(.blockRead, 1, 512, Self.data, 1536)

        #expect(original == (1024..<1536).map(PatternImage.byte))
        #expect(try bench.result(Int32.self, at: 32) == 0)
        let expected =
            (512..<1024).map(PatternImage.byte) + [UInt8](repeating: 0xAA, count: 512)
            + (1536..<2048).map(PatternImage.byte)
        #expect(try bench.bytes(count: 1536) == expected)
    }

    @Test(
        arguments: [
            (0, 0, 512), (2, 0, 512), (3, 0, 512), (.max, 0, 512), (1, 65536, 512), (1, 65024, 1024), (1, .max, 512),
            (1, 0, 65536 + 512), (1, 0, .max), (1, 1, 512), (1, 0, 100), (1, .max - 511, 1024),
        ] as [(UInt64, UInt64, UInt64)]
    )
    func blocksThatTheDeviceHasNotAreInvalid(handle: UInt64, offset: UInt64, length: UInt64) throws {
        var bench = try HVTBench()

        try bench.call(.blockRead, handle, offset, Self.data, length)
        let read = try bench.result(Int32.self, at: 32)
        try bench.call(.blockWrite, handle, offset, Self.data, length)
        let written = try bench.result(Int32.self, at: 32)

        #expect(read == 2)
        #expect(written == 2)
        #expect(bench.board.fault == nil)
    }

    @Test func writeToAnImageThatRefusesFails() throws {
        let unikernel = Unikernel(
            regions: [GuestMemory.Region(address: GuestPhysicalAddress(0), size: HVTBench.memorySize)],
            devices: [nil, UnikernelDevice(name: "disk", kind: .block(capacity: 65536, blockSize: 512))],
            end: 0
        )
        var bench = try HVTBench()
        let disk = Disk(PatternImage(byteCount: 65536), writesImage: true)
        bench.board = HVTBoard(HVTBoardSetup(disks: ["disk": disk]) { _ in 0 }, unikernel, memory: bench.memory)

        try bench.call(.blockWrite, 1, 0, Self.data, 512)

        #expect(try bench.result(Int32.self, at: 32) == 3)
    }

    @Test func packetsAreSentAndReceived() throws {
        var bench = try HVTBench()
        bench.wire.arriving = [(MachineTime(nanoseconds: 5), [1, 2, 3])]

        try bench.call(.netRead, 2, Self.data, 100)
        let early = try bench.result(Int32.self, at: 24)
        bench.now = MachineTime(nanoseconds: 5)
        try bench.call(.netRead, 2, Self.data, 100)

        #expect(early == 1)
        #expect(try bench.result(Int32.self, at: 24) == 0)
        #expect(try bench.result(UInt64.self, at: 16) == 3)
        #expect(try bench.bytes(count: 4) == [1, 2, 3, 0])
        try bench.call(.netWrite, 2, Self.data, 3)
        #expect(bench.wire.sent == [[1, 2, 3]])
        #expect(try bench.result(Int32.self, at: 24) == 0)
    }

    @Test func packetThatThereIsNoRoomForIsCut() throws {
        var bench = try HVTBench()
        bench.wire.arriving = [(.start, [1, 2, 3])]

        try bench.call(.netRead, 2, Self.data, 2)

        #expect(try bench.result(UInt64.self, at: 16) == 2)
        #expect(try bench.bytes(count: 3) == [1, 2, 0])
    }

    @Test(arguments: [(1, 60), (0, 60), (2, 1515), (9, 60)] as [(UInt64, UInt64)])
    func packetsThatCanNotBeSentAreInvalid(handle: UInt64, length: UInt64) throws {
        var bench = try HVTBench()

        try bench.call(.netWrite, handle, Self.data, length)

        #expect(try bench.result(Int32.self, at: 24) == 2)
        #expect(bench.wire.sent.isEmpty)
    }

    @Test func pollWaitsUntilItsTimeOrAPacket() throws {
        var bench = try HVTBench()
        bench.now = MachineTime(nanoseconds: 10)
        bench.wire.arriving = [(MachineTime(nanoseconds: 30), [1])]

        let signal = try bench.call(.poll, 50)

        #expect(signal == .wait(until: MachineTime(nanoseconds: 60)))
        #expect(bench.board.nextArrival == MachineTime(nanoseconds: 30))
        let isOver = [29, 30].map { bench.board.isWaitOver(at: MachineTime(nanoseconds: $0)) }
        #expect(isOver == [false, true])
        bench.board.endWait(at: MachineTime(nanoseconds: 30))
        #expect(try bench.result(UInt64.self, at: 8) == 0b100)
        #expect(try bench.result(Int32.self, at: 16) == 1)
    }

    @Test func pollWithoutPacketsEndsAtItsTimeWithNothing() throws {
        var bench = try HVTBench()

        _ = try bench.call(.poll, .max)
        let isOverEarly = bench.board.isWaitOver(at: MachineTime(nanoseconds: .max - 1))
        let isOverAtTheEnd = bench.board.isWaitOver(at: .latest)
        bench.board.endWait(at: .latest)

        #expect(!isOverEarly)
        #expect(isOverAtTheEnd)
        #expect(try bench.result(UInt64.self, at: 8) == 0)
        #expect(try bench.result(Int32.self, at: 16) == 0)
    }

    @Test func haltEndsWithItsStatusAndCookie() throws {
        var bench = try HVTBench()
        try bench.memory.write([7, 8, 9], at: GuestPhysicalAddress(Self.data))

        let signal = try bench.call(.halt, Self.data, 255)

        #expect(signal == .exit(code: 255))
        #expect(bench.board.cookie == [7, 8, 9] + [UInt8](repeating: 0, count: 509))
    }

    @Test func haltWithoutCookieLeavesNone() throws {
        var bench = try HVTBench()

        let signal = try bench.call(.halt, 0, UInt64(UInt32(bitPattern: -1)))

        #expect(signal == .exit(code: .max))
        #expect(bench.board.cookie == nil)
    }
}

extension DeviceAccess {
    var outputKind: GuestOutput.Kind? {
        guard case .read(let output) = self else { return nil }
        return output.kind
    }

    var byteCount: Int {
        switch self {
        case .read(let output): output.bytes.count
        case .write(let write): write.bytes.count
        }
    }
}
