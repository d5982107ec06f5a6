import Devices
import EndToEnd
import Foundation
import Glibc
import Recorder
import Testing

/// The network behind `--net user`, at the other end of a socket.
@Suite struct UserNetworkTests {
    private static let guest: [UInt8] = [2, 0, 0, 0, 0, 1]
    private static let (guestAddress, hostAddress): ([UInt8], [UInt8]) = ([10, 0, 2, 15], [10, 0, 2, 2])

    /// Who has 10.0.2.2? Tell 10.0.2.15.
    private static var question: [UInt8] {
        [UInt8](repeating: 0xFF, count: 6) + guest + [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1] + guest + guestAddress
            + [UInt8](repeating: 0, count: 6) + hostAddress
    }

    /// An echo request to the host, with 1400 bytes of data.
    private static func ping(to host: [UInt8], number: UInt16) -> [UInt8] {
        let data = [UInt8](repeating: 0x5A, count: 1400)
        var echo: [UInt8] = [8, 0, 0, 0, 0, 1, UInt8(number >> 8), UInt8(truncatingIfNeeded: number)] + data
        echo.replaceSubrange(2..<4, with: checksum(echo))
        let length = UInt16(20 + echo.count)
        var header: [UInt8] = [0x45, 0, UInt8(length >> 8), UInt8(truncatingIfNeeded: length), 0, 0, 0, 0, 64, 1, 0, 0]
        header += guestAddress + hostAddress
        header.replaceSubrange(10..<12, with: checksum(header))
        return host + guest + [0x08, 0x00] + header + echo
    }

    /// RFC 1071.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
        }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return [UInt8(~UInt16(sum) >> 8), UInt8(truncatingIfNeeded: ~UInt16(sum))]
    }

    /// A link to a new network, which a thread serves until the link is gone. The semaphore is signalled then.
    private static func start(_ ended: DispatchSemaphore = DispatchSemaphore(value: 0)) throws -> StreamLink {
        var ends: [Int32] = [-1, -1]
        // SAFETY: socketpair fills the two numbers that it is lent.
        #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let other = ends[1]
        Thread.detachNewThread {
            if let network = try? UserNetwork(connected: other) { network.serve() }
            ended.signal()
        }
        return try StreamLink(connected: ends[0])
    }

    private static func receive(from link: StreamLink) -> [UInt8] {
        while true {
            if let packet = link.receive(at: .start) { return packet }
            usleep(1000)
        }
    }

    @Test(.timeLimit(.minutes(2))) func hostIsThereAndTheNetworkEndsWithItsGuest() throws {
        let ended = DispatchSemaphore(value: 0)
        var link: StreamLink? = try Self.start(ended)

        link?.send(Self.question)
        let answer = try Self.receive(from: #require(link))
        link = nil
        ended.wait()

        #expect(answer[..<6] == Self.guest[...])
        #expect(answer[20..<22] == [0, 2])
        #expect(Array(answer[28..<32]) == Self.hostAddress)
    }

    /// What the guest does not take is lost at some point, and costs no more memory.
    @Test(.timeLimit(.minutes(2))) func guestThatTakesNothingIsNotWaitedForAndCostsNoMemory() throws {
        let link = try Self.start()
        link.send(Self.question)
        let host = Array(Self.receive(from: link)[6..<12])
        let count: UInt16 = 5000

        for number in 0..<count { link.send(Self.ping(to: host, number: number)) }
        link.send(Self.question)
        var sizes: [Int] = []
        // The network answers the question again once the guest takes packets; all that it has kept comes before.
        var isAnswered = false
        while !isAnswered {
            let packet = Self.receive(from: link)
            isAnswered = packet[12..<14] == [0x08, 0x06]
            sizes.append(packet.count)
            if !isAnswered, !link.hasPacket(at: .start) { link.send(Self.question) }
        }

        let kept = sizes.reduce(0, +)
        #expect(kept > 100_000)
        #expect(kept < 3 << 20)
        #expect(sizes.count < Int(count))
    }
}
