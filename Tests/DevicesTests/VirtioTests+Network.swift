import TestBasics
import Testing
import X86

@testable import Devices

/// The network card.
extension VirtioTests {
    /// A card that a driver has brought up, with a buffer at 0x8000 and one at 0xA000 in each queue.
    struct NetworkBench {
        var driver = VirtioDriver()
        var card: VirtioNetwork
        var sent: [[UInt8]] = []

        init() {
            card = VirtioNetwork(address: [2, 0, 0, 0, 0, 7])
            driver.start(&card.transport, queues: 2)
        }

        mutating func transmit() {
            var sent: [[UInt8]] = []
            card.transmit(memory: &driver.memory) { sent.append($0) }
            self.sent += sent
        }

        mutating func receive(_ packet: [UInt8]) { card.receive(packet, memory: &driver.memory) }

        mutating func offerRoom(_ count: UInt32 = 1526) {
            driver.describe(0, address: 0x8000, count: count, isWritable: true)
            driver.offer(0)
        }

        /// Puts a packet behind its header at 0x8000, and offers both in these pieces.
        mutating func offer(_ packet: [UInt8], pieces: [UInt32]) {
            driver.memory.bytes.replaceSubrange(0x800C..<0x800C + packet.count, with: packet)
            var address: UInt64 = 0x8000
            for (index, count) in pieces.enumerated() {
                let next = index + 1 < pieces.count ? UInt16(index + 1) : nil
                driver.describe(index, address: address, count: count, next: next, queue: 1)
                address += UInt64(count)
            }
            driver.offer(0, queue: 1)
        }

        mutating func interruptStatus() -> UInt64 { card.transport.read(at: 0x1000, .byte) }

        var needsReset: Bool { card.transport.status.contains(.needsReset) }
    }

    static let packet = (0..<60).map { UInt8($0) }

    @Test func theCardDescribesItself() {
        var bench = NetworkBench()
        #expect(bench.card.transport.function.read(at: 0, .doubleword) == 0x1041_1AF4)
        #expect(bench.card.transport.function.read(at: 8, .doubleword) == 0x0200_0001)
        #expect(bench.driver.readFeatures(&bench.card.transport) == 1 << 32 | 1 << 16 | 1 << 5)
        #expect(bench.card.transport.read(at: 0x2000, .quadword) == 0x0001_0700_0000_0002)
        #expect(bench.card.transport.read(at: 0x12, .word) == 2)
    }

    @Test(arguments: [[72], [12, 60], [5, 7, 60], [20, 52], [12, 1, 59], [72, 0]] as [[UInt32]])
    func packetsAreSentWhateverPiecesTheyAreIn(pieces: [UInt32]) {
        var bench = NetworkBench()
        bench.offer(Self.packet, pieces: pieces)
        bench.transmit()
        #expect(bench.sent == [Self.packet])
        #expect(bench.driver.used(0, queue: 1) == [0, 0])
        #expect(bench.interruptStatus() == 1)
        bench.transmit()
        #expect(bench.sent.count == 1)
    }

    @Test func packetsThatAreTooShortAreNotSent() {
        var bench = NetworkBench()
        bench.offer(Self.packet, pieces: [12 + 13])
        bench.transmit()
        bench.offer(Self.packet, pieces: [12 + 14])
        bench.transmit()
        #expect(bench.sent == [Array(Self.packet.prefix(14))])
        #expect(bench.driver.usedCount(1) == 2)
    }

    @Test func packetsComeBehindTheirHeader() {
        var bench = NetworkBench()
        bench.driver.describe(0, address: 0x8000, count: 12, isWritable: true, next: 1)
        bench.driver.describe(1, address: 0xA000, count: 1514, isWritable: true)
        bench.driver.offer(0)
        bench.receive(Self.packet)
        #expect(bench.driver.used(0) == [0, 72])
        #expect(Array(bench.driver.memory.bytes[0x8000..<0x800D]) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0])
        #expect(Array(bench.driver.memory.bytes[0xA000..<0xA03D]) == Self.packet + [0])
        #expect(bench.interruptStatus() == 1)
    }

    @Test func onePacketTakesOneBuffer() {
        var bench = NetworkBench()
        for _ in 0..<3 { bench.offerRoom() }
        bench.receive(Self.packet)
        #expect(bench.driver.usedCount() == 1)
        bench.receive(Self.packet)
        #expect(bench.driver.usedCount() == 2)
    }

    @Test func packetsWithoutRoomAreLost() {
        var bench = NetworkBench()
        let before = bench.card.hasRoom(memory: &bench.driver.memory)
        bench.receive(Self.packet)
        bench.offerRoom(71)
        let after = bench.card.hasRoom(memory: &bench.driver.memory)
        bench.receive(Self.packet)
        #expect([before, after] == [false, true])
        #expect(bench.driver.usedCount() == 0)
        #expect(!bench.needsReset)
        // The buffer is still there for a packet that fits.
        bench.receive(Array(Self.packet.dropLast()))
        #expect(bench.driver.used(0) == [0, 71])
    }

    @Test func theDriverIsToldThatTheLinkIsDown() {
        var bench = NetworkBench()
        let generation = bench.card.transport.read(at: 0x15, .byte)
        bench.card.isLinkUp = false
        #expect(bench.interruptStatus() == 2)
        #expect(bench.card.transport.read(at: 0x2006, .word) == 0)
        #expect(bench.card.transport.read(at: 0x15, .byte) != generation)
        bench.card.isLinkUp = false
        #expect(bench.interruptStatus() == 0)
        // A driver's reset connects nothing.
        bench.driver.start(&bench.card.transport, queues: 2)
        #expect(!bench.card.isLinkUp)
    }

    @Test func withoutADriverNothingMoves() {
        var bench = NetworkBench()
        bench.offerRoom()
        bench.offer(Self.packet, pieces: [72])
        _ = bench.card.transport.write(at: 0x14, .byte, 0)
        #expect(!bench.card.isRunning)
        let traffic = bench.driver.memory.traffic
        bench.receive(Self.packet)
        bench.transmit()
        #expect(bench.sent.isEmpty)
        #expect(bench.driver.memory.traffic == traffic)
    }

    static let networkFaults: [(String, @Sendable (inout VirtioDriver) -> Void)] = [
        ("a packet of more than 64 KiB", { $0.describe(0, address: 0, count: 0x1_0001, queue: 1) }),
        ("less than a header", { $0.describe(0, address: 0x8000, count: 11, queue: 1) }),
        ("a packet outside memory", { $0.describe(0, address: 0xFFFFF, count: 72, queue: 1) }),
        ("a header outside memory", { $0.describe(0, address: 0x10_0000, count: 72, queue: 1) }),
        ("a chain that loops", { $0.describe(0, address: 0x8000, count: 72, next: 0, queue: 1) }),
    ]

    @Test(arguments: networkFaults.indices)
    func nonsenseInTheCardsQueueNeedsAReset(index: Int) {
        var bench = NetworkBench()
        bench.offer(Self.packet, pieces: [72])
        Self.networkFaults[index].1(&bench.driver)
        bench.transmit()
        #expect(bench.needsReset, "\(Self.networkFaults[index].0)")
        #expect(bench.sent.isEmpty)
        #expect(bench.driver.memory.traffic < 0x2_0000)
    }

    @Test func aBufferForPacketsOutsideMemoryNeedsAReset() {
        var bench = NetworkBench()
        bench.driver.describe(0, address: 0xFFF00, count: 1526, isWritable: true)
        bench.driver.offer(0)
        bench.receive([UInt8](repeating: 1, count: 1000))
        #expect(bench.needsReset)
        #expect(bench.driver.usedCount() == 0)
    }

    @Test func noPacketTrapsAndTheCardsStateRoundTrips() {
        var bench = NetworkBench()
        hammer(
            &bench,
            seed: 0x1041,
            count: 50_000,
            actions: [
                { bench, run in
                    let size = run.numbers.pick(AccessSize.allCases)
                    _ = bench.card.transport.write(at: run.numbers.quadword() & 0x3FFF, size, run.numbers.quadword())
                },
                {
                    _ = $0.card.transport.read(
                        at: $1.numbers.quadword() & 0x3FFF,
                        $1.numbers.pick(AccessSize.allCases)
                    )
                },
                { bench, _ in bench.driver.start(&bench.card.transport, queues: 2) },
                { bench, _ in bench.transmit() },
                { $0.receive([UInt8](repeating: 1, count: Int($1.numbers.word()) & 0x7FF)) },
                { $0.offerRoom($1.numbers.doubleword() & 0xFFF) },
                { $0.offer([], pieces: [$1.numbers.doubleword() & 0xFF, $1.numbers.doubleword() & 0x7FF]) },
                { $0.driver.memory.put($1.numbers.quadword(), at: 0x1000 + Int($1.numbers.quadword() & 0x1FF8)) },
                { $0.card.isLinkUp = $1.numbers.byte() & 1 == 0 },
                { bench, _ in bench.card = VirtioNetwork(state: bench.card.state) },
                { bench, _ in bench.sent = [] },
            ]
        )
        #expect(VirtioNetwork(state: bench.card.state).state == bench.card.state)
    }
}
