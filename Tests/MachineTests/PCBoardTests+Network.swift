import Devices
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

/// The network card on the board.
extension PCBoardTests {
    private static let base = UInt64(AddressSpace.pciMemory.lowerBound) + 2 * UInt64(VirtioTransport.byteCount)
    private static let packet = [UInt8](repeating: 0x5A, count: 60)

    private static func bench(_ wire: TestWire) -> Bench {
        Bench { setup in
            setup.isSetUp = true
            setup.network = NetworkInterface(address: [2, 0, 0, 0, 0, 1], link: wire)
        }
    }

    @Test func theCardHasTheLastSlotOfTheBus() {
        var bench = Self.bench(TestWire())
        bench.write(0xCF8, .doubleword, 0x8000_F800)
        let identity = bench.read(0xCFC, .doubleword)
        bench.write(0xCF8, .doubleword, 0x8000_F810)
        let base = bench.read(0xCFC, .doubleword)
        #expect(identity == 0x1041_1AF4)
        #expect(UInt64(base) == Self.base)
        let address = bench.board.readMemory(GuestPhysicalAddress(Self.base + 0x2000), 4, now: bench.now)
        #expect(address == 2)
    }

    @Test func aBoardWithoutACardHasNothingThere() {
        var bench = Bench()
        bench.write(0xCF8, .doubleword, 0x8000_F800)
        let identity = bench.read(0xCFC, .doubleword)
        let arrival = bench.board.packetArrival(at: bench.now)
        #expect(identity == 0xFFFF_FFFF)
        #expect(arrival == .none)
    }

    @Test func packetsGoOutAndAreNoted() {
        let wire = TestWire()
        var bench = Self.bench(wire)
        bench.startCard(at: Self.base)
        bench.put([UInt8](repeating: 0, count: 12) + Self.packet, at: 0x8000)
        bench.describe(queue: 1, address: 0x8000, count: 72, isWritable: false)
        bench.notify(queue: 1, at: Self.base)
        let accesses = bench.board.takeDeviceAccesses()
        #expect(wire.sent == [Self.packet])
        #expect(
            accesses.first
                == .read(
                    GuestOutput(kind: .packet, port: Port(0), address: GuestPhysicalAddress(0x800C), bytes: Self.packet)
                )
        )
        #expect(accesses.count == 3)
    }

    @Test func packetsWaitUntilThereIsRoomForThem() {
        let wire = TestWire([(.start, Self.packet), (.start, Self.packet)], announces: false)
        var bench = Self.bench(wire)
        bench.startCard(at: Self.base)
        let early = bench.board.packetArrival(at: bench.now)
        bench.describe(queue: 0, address: 0x8000, count: 1526, isWritable: true)
        bench.notify(queue: 0, at: Self.base)
        let late = bench.board.packetArrival(at: bench.now)
        bench.board.receivePackets(at: bench.now, limit: 5)
        let written = bench.board.takeDeviceAccesses()
        let after = bench.board.packetArrival(at: bench.now)
        #expect([early, late, after] == [.waiting, .ready, .waiting])
        #expect(written.count == 3)
        #expect(wire.arriving.count == 1)
    }

    @Test func packetsWaitForADriver() {
        let wire = TestWire([(.start, Self.packet)], announces: false)
        var bench = Self.bench(wire)
        let arrival = bench.board.packetArrival(at: bench.now)
        bench.board.receivePackets(at: bench.now, limit: 5)
        let hasAccesses = bench.board.hasDeviceAccesses
        #expect(arrival == .waiting)
        #expect(wire.arriving.count == 1)
        #expect(!hasAccesses)
    }

    @Test func announcedPacketsComeInTimeOrWhenThereIsRoom() {
        let times = [1000, 2000].map { MachineTime(nanoseconds: $0) }
        let wire = TestWire(times.map { ($0, Self.packet) })
        var bench = Self.bench(wire)
        bench.startCard(at: Self.base)
        bench.describe(queue: 0, address: 0x8000, count: 1526, isWritable: true)
        bench.notify(queue: 0, at: Self.base)
        let (deadline, writes) = (bench.board.nextDeadline, bench.board.writesMemory(by: times[0]))
        bench.wait(nanoseconds: 1000)
        let first = bench.board.takeDeviceAccesses().count
        bench.wait(nanoseconds: 1000)
        let second = bench.board.takeDeviceAccesses().count
        // Nothing is due while the driver makes no room: a guest that waits for a timer would never see it otherwise.
        let waiting = bench.board.nextDeadline.map { $0 > bench.now } ?? true
        bench.describe(queue: 0, address: 0x8000, count: 1526, isWritable: true)
        bench.notify(queue: 0, at: Self.base)
        let again = bench.board.nextDeadline
        bench.wait(nanoseconds: 0)
        let third = bench.board.takeDeviceAccesses().count
        #expect(deadline == times[0])
        #expect(writes)
        #expect([first, second, third] == [3, 0, 3])
        #expect(waiting)
        #expect(again == times[1])
    }

    @Test func theCardNoticesThatThePeerHasHungUp() {
        let wire = TestWire()
        var bench = Self.bench(wire)
        bench.openInterrupts()
        bench.startCard(at: Self.base)
        wire.isClosed = true
        let arrival = bench.board.packetArrival(at: bench.now)
        let isRequested = bench.board.interruptRequested
        let status = GuestPhysicalAddress(Self.base + 0x2006)
        let before = bench.board.readMemory(status, 2, now: bench.now)
        bench.board.reset(at: bench.now)
        let after = bench.board.readMemory(status, 2, now: bench.now)
        #expect(arrival == .none)
        #expect(isRequested)
        #expect([before, after] == [0, 0])
    }
}

extension PCBoardTests.Bench {
    mutating func put(_ bytes: [UInt8], at address: UInt64) {
        try? board.memory.memory.write(bytes, at: GuestPhysicalAddress(address))
    }

    private mutating func number(_ value: UInt64, _ count: Int, at address: UInt64) {
        put((0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }, at: address)
    }

    private func index(of queue: UInt64) -> UInt64 {
        let bytes = try? board.memory.memory.read(at: GuestPhysicalAddress(0x1000 * (queue + 1) + 0x802), count: 2)
        return bytes.map { UInt64($0[0]) | UInt64($0[1]) << 8 } ?? 0
    }

    /// Brings the card up, with queue `n` at 0x1000 * (n + 1).
    mutating func startCard(at base: UInt64) {
        var steps: [(offset: UInt64, length: UInt8, value: UInt64)] = [
            (0x14, 1, 0), (0x14, 1, 3), (0x08, 4, 1), (0x0C, 4, 1), (0x14, 1, 0x0B),
        ]
        for queue in UInt64(0)..<2 {
            let place = 0x1000 * (queue + 1)
            steps += [(0x16, 2, queue), (0x18, 2, 8), (0x20, 8, place)]
            steps += [(0x28, 8, place + 0x800), (0x30, 8, place + 0xC00), (0x1C, 2, 1)]
        }
        steps.append((0x14, 1, 0x0F))
        for step in steps {
            _ = board.writeMemory(GuestPhysicalAddress(base + step.offset), step.length, step.value, now: now)
        }
    }

    /// Offers a buffer of one piece.
    mutating func describe(queue: UInt64, address: UInt64, count: UInt64, isWritable: Bool) {
        let base = 0x1000 * (queue + 1)
        let index = index(of: queue)
        number(address, 8, at: base)
        number(count, 4, at: base + 8)
        number(isWritable ? 2 : 0, 2, at: base + 12)
        number(0, 2, at: base + 0x804 + 2 * (index % 8))
        number(index + 1, 2, at: base + 0x802)
    }

    mutating func notify(queue: UInt64, at base: UInt64) {
        _ = board.writeMemory(GuestPhysicalAddress(base + 0x3000 + 4 * queue), 2, queue, now: now)
    }
}
