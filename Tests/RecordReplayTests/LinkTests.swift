import ByteCoding
import Devices
import EndToEnd
import Glibc
import Recorder
import SystemPackage
import Testing

/// What unikernels' network interfaces can be attached to.
@Suite struct LinkTests {
    // MARK: Captures

    private static func capture(magic: UInt32, isSwapped: Bool, unit: UInt32, kind: UInt32 = 1) -> [UInt8] {
        func number(_ value: UInt32) -> UInt32 { isSwapped ? value.byteSwapped : value }
        var writer = ByteWriter()
        for value in [magic, 0, 0, 0, 65536, kind] { writer.write(number(value)) }
        for (seconds, fraction, byte) in [(7, 999_999, 1), (8, 1, 2), (7, 0, 3)] as [(UInt32, UInt32, UInt8)] {
            for value in [seconds, fraction * unit, 2, 2] { writer.write(number(value)) }
            writer.write(bytes: [byte, byte])
        }
        return writer.bytes
    }

    @Test(
        arguments: [
            (0xA1B2_C3D4, false, 1), (0xA1B2_C3D4, true, 1), (0xA1B2_3C4D, false, 1000), (0xA1B2_3C4D, true, 1000),
        ] as [(UInt32, Bool, UInt32)]
    )
    func packetsOfACaptureComeAsLongAfterTheFirstAsTheyDid(magic: UInt32, isSwapped: Bool, unit: UInt32) throws {
        let link = try CaptureLink(Self.capture(magic: magic, isSwapped: isSwapped, unit: unit))
        let (early, late) = (MachineTime(nanoseconds: 1999), MachineTime(nanoseconds: 2000))

        let first = link.receive(at: .start)
        let next = link.nextArrival
        let tooEarly = link.receive(at: early)
        let rest = [link.receive(at: late), link.receive(at: late), link.receive(at: .latest)]

        #expect(first == [1, 1])
        #expect(next == late)
        #expect(tooEarly == nil)
        #expect(rest == [[2, 2], [3, 3], nil])
        #expect(!link.hasPacket(at: .latest))
        #expect(link.nextArrival == nil)
    }

    private static let malformed: [(String, [UInt8])] = [
        ("empty", []), ("text", Array("once upon a time there was a packet".utf8)),
        ("no Ethernet", capture(magic: 0xA1B2_C3D4, isSwapped: false, unit: 1, kind: 105)),
        ("cut", capture(magic: 0xA1B2_C3D4, isSwapped: false, unit: 1).dropLast()),
        ("cut header", Array(capture(magic: 0xA1B2_C3D4, isSwapped: false, unit: 1).prefix(20))),
        (
            "huge packet",
            Array(capture(magic: 0xA1B2_C3D4, isSwapped: false, unit: 1).prefix(32))
                + [UInt8](repeating: 0xFF, count: 8)
        ),
    ]

    @Test(arguments: malformed)
    func whatIsNoCaptureIsRefused(what: String, bytes: [UInt8]) {
        #expect(throws: LinkFailure.self) { try CaptureLink(bytes) }
    }

    @Test func captureInTheNewerFormatIsToldHowToBeConverted() throws {
        let failure = #expect(throws: LinkFailure.self) { try CaptureLink([0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0]) }

        #expect("\(try #require(failure))".contains("editcap -F pcap"))
    }

    // MARK: Stream sockets

    /// A link, and the other end of its socket.
    private static func pair() throws -> (StreamLink, FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        // SAFETY: socketpair fills the two numbers that it is lent.
        #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return (try StreamLink(connected: ends[0]), FileDescriptor(rawValue: ends[1]))
    }

    @Test func packetThatComesInPiecesIsOneOnceItIsWhole() throws {
        let (link, peer) = try Self.pair()

        try peer.writeAll([0, 0])
        let withHalfALength = link.hasPacket(at: .start)
        try peer.writeAll([0, 3, 7])
        let withOneByte = link.hasPacket(at: .start)
        try peer.writeAll([8, 9, 0, 0, 0, 1, 5])
        let packets = [link.receive(at: .start), link.receive(at: .start), link.receive(at: .start)]
        try peer.close()

        #expect(!withHalfALength)
        #expect(!withOneByte)
        #expect(packets == [[7, 8, 9], [5], nil])
    }

    @Test func packetIsSentBehindItsLength() throws {
        let (link, peer) = try Self.pair()

        link.send([1, 2, 3])
        var bytes = [UInt8](repeating: 0, count: 16)
        // SAFETY: read fills at most the array's own bytes.
        let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe peer.read(into: $0) }
        try peer.close()

        #expect(Array(bytes[..<count]) == [0, 0, 0, 3, 1, 2, 3])
    }

    /// A peer that reads nothing for a while finds whole packets afterwards.
    @Test func peerThatReadsTooLateFindsNoHalfPackets() throws {
        let (link, peer) = try Self.pair()
        let packet = [UInt8](repeating: 7, count: 60_000)

        for _ in 0..<20 { link.send(packet) }
        var received: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        for _ in 0..<3 {
            // SAFETY: read fills at most the array's own bytes.
            let count = try unsafe block.withUnsafeMutableBytes { try unsafe peer.read(into: $0) }
            received += block[..<count]
        }
        link.send([1, 2, 3])
        #expect(fcntl(peer.rawValue, F_SETFL, O_NONBLOCK) == 0)
        // SAFETY: as above.
        while let count = try? unsafe block.withUnsafeMutableBytes({ try unsafe peer.read(into: $0) }), count > 0 {
            received += block[..<count]
        }
        link.send([4, 5, 6])
        // SAFETY: as above.
        let count = try unsafe block.withUnsafeMutableBytes { try unsafe peer.read(into: $0) }
        received += block[..<count]
        try peer.close()

        var sizes: [Int] = []
        while received.count >= 4 {
            let size = received[..<4].reduce(0) { $0 << 8 | Int($1) }
            sizes.append(size)
            received.removeFirst(min(4 + size, received.count))
        }
        #expect(received.isEmpty)
        #expect(sizes.first == 60_000)
        #expect(sizes.last == 3)
        #expect(sizes.allSatisfy { $0 == 60_000 || $0 == 3 })
        #expect(sizes.count < 20)
    }

    @Test func peerThatHangsUpIsNotWaitedForAndWhatItSentIsStillThere() throws {
        let (link, peer) = try Self.pair()

        try peer.writeAll([0, 0, 0, 1, 5])
        try peer.close()
        let packet = link.receive(at: .start)
        let hasMore = link.hasPacket(at: .start)
        link.send([1])

        #expect(packet == [5])
        #expect(!hasMore)
        #expect(link.descriptor == nil)
        #expect(link.isClosed)
    }

    @Test func peerThatSendsNoPacketsIsNotHeard() throws {
        let (link, peer) = try Self.pair()

        try peer.writeAll([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3])
        let hasPacket = link.hasPacket(at: .start)
        try peer.close()

        #expect(!hasPacket)
        #expect(link.descriptor == nil)
        #expect(link.isClosed)
    }
}
