import EndToEnd
import Foundation
import GuestImages
import SystemPackage
import Testing

/// `rr-vm export pcapng`, as Wireshark's own program reads it.
@Suite(.enabled("needs tshark") { FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark") })
struct PacketExportTests {
    /// What tshark says of each packet: interface, direction, length, comment, first byte of the content.
    private static let fields =
        "-T fields -e frame.interface_id -e frame.packet_flags_direction -e frame.len -e frame.comment -e frame.time_epoch"

    private static func exported(_ guest: String, _ options: [String]) throws -> [[String]] {
        let directory = try TemporaryDirectory()
        for file in Guest.named(guest).files { try directory.write(file.bytes, to: file.name) }
        let recording = try Command(["record", "-o", "trace.rrvm"] + options, in: directory).wait()
        #expect(recording.status == 0, "\(recording.messages)")
        let result = try Command.shell(
            "$0 export pcapng trace.rrvm >packets.pcapng && tshark -r packets.pcapng \(fields)",
            in: directory
        )
        #expect(result.status == 0, "\(result.messages)")
        return result.output.split(separator: "\n").map { $0.components(separatedBy: "\t") }
    }

    private static func check(_ packets: [[String]], _ expected: [[UInt8]]) {
        // Each packet comes, and goes back.
        let sizes = expected.flatMap { ["\($0.count)", "\($0.count)"] }
        #expect(packets.map { $0[0] } == sizes.map { _ in "0" })
        #expect(packets.map { $0[1] } == expected.flatMap { _ in ["0x00000001", "0x00000002"] })
        #expect(packets.map { $0[2] } == sizes)
        let events = packets.compactMap { Int($0[3].replacing("event ", with: "")) }
        #expect(events.count == packets.count && events == events.sorted())
        let times = packets.compactMap { Double($0[4]) }
        #expect(times.count == packets.count && times.allSatisfy { $0 > 1_600_000_000 } && times == times.sorted())
    }

    @Test func packetsOfAPCAreThere() throws {
        let guest = "virtio-network"
        let options = ["--engine", "soft"] + Guest.named(guest).arguments

        let packets = try Self.exported(guest, options)

        Self.check(packets, try #require(Guest.named(guest).packets))
    }

    @Test(.needsKVM) func packetsOfAUnikernelAreThere() throws {
        let guest = "hvt-echo"

        let packets = try Self.exported(guest, Guest.named(guest).arguments)

        Self.check(packets, try #require(Guest.named(guest).unikernel?.packets))
    }

    @Test func traceWithoutPacketsIsACaptureWithoutPackets() throws {
        let packets = try Self.exported("hello", ["--engine", "soft"] + Guest.named("hello").arguments)

        #expect(packets.isEmpty)
    }
}
