import EndToEnd
import Foundation
import GuestImages
import SystemPackage
import Testing
import TraceFormat

/// The network card of a PC from the command line, in software.
@Suite struct NetworkCommandTests {
    /// A directory with the guest that sends packets back, and a capture of packets.
    private static func directory() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for file in Guest.named("virtio-network").files { try directory.write(file.bytes, to: file.name) }
        return directory
    }

    private static let record =
        ["record", "virtio-network.bin", "--flat", "--at", "31744", "--engine", "soft", "--max-time", "60"]
        + ["-o", "trace.rrvm"]

    private static let text = "virtio network: bytes 00000842\n"

    @Test func packetsComeFromACaptureAndTheTraceSaysSo() throws {
        let directory = try Self.directory()
        let card = ["--net", "pcap-in:virtio-network.pcap", "--net-mac", "02:00:00:00:00:07"]

        let result = try Command(Self.record + card, in: directory).wait()

        #expect(result.output == Self.text, "\(result.messages)")
        let info = try Command.run("info", "trace.rrvm", in: directory)
        #expect(info.output.contains("--net pcap-in --net-mac 02:00:00:00:00:07"), "\(info.output)")
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    @Test func packetsComeThroughASocket() throws {
        let directory = try Self.directory()
        let packets = try #require(Guest.named("virtio-network").packets)
        try ScriptedPeer.listen(at: directory.file("socket"), saying: packets)

        let result = try Command(Self.record + ["--net", "unix:socket"], in: directory).wait()

        #expect(result.output == Self.text, "\(result.messages)")
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    @Test func peerThatHangsUpIsTold() throws {
        let directory = try Self.directory()
        try ScriptedPeer.listen(at: directory.file("socket"), saying: [])

        let result = try Command(Self.record + ["--net", "unix:socket", "--max-time", "1"], in: directory).wait()

        #expect(result.messages.contains("the other end of the network has hung up"), "\(result.messages)")
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    /// The kernel itself sends packets on an interface that comes up.
    @Test(.needsTapInterfaces) func packetsComeThroughATapInterface() throws {
        let directory = try Self.directory()
        let record = "$0 \(Self.record.joined(separator: " ")) --net tap0 --max-time 5"

        let result = try Command.shell(
            "unshare --net bash -c 'ip tuntap add tap0 mode tap && ip link set tap0 up && \(record)' $0",
            in: directory
        )

        #expect(result.status == 0, "\(result.messages)")
        let sent = try TraceReader(path: directory.file("trace.rrvm")).allEvents().count {
            $0.event.kind == .deviceRead
        }
        #expect(sent > 0)
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    /// The process behind `--net user` is killed while the guest waits for packets.
    @Test func networkThatDiesIsTold() throws {
        let directory = try Self.directory()
        let kill = """
            for process in /proc/[0-9]*; do
                read -r -a fields <$process/stat && [[ ${fields[3]} == $recorder ]] && kill ${process#/proc/} && break
            done 2>/dev/null
            """
        let record = "$0 \(Self.record.joined(separator: " ")) --net user --max-time 6"

        let result = try Command.shell(
            "\(record) & recorder=$!; until \(kill) || [[ ! -d /proc/$recorder ]]; do sleep 0.1; done; wait $recorder",
            in: directory
        )

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.messages.contains("the other end of the network has hung up"), "\(result.messages)")
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    @Test func networkIsStartedByARecordingOnly() throws {
        let result = try Command.run("user-network", in: TemporaryDirectory())

        #expect(result.status == 64)
        #expect(result.messages.contains("record --net user"), "\(result.messages)")
    }

    @Test(.needsTapInterfaces) func tapInterfaceThatIsRemovedDoesNotEndTheRun() throws {
        let directory = try Self.directory()
        let record = "$0 \(Self.record.joined(separator: " ")) --net tap0 --max-time 3"
        let remove = "sleep 1; ip link delete tap0"

        let result = try Command.shell(
            "unshare --net bash -c 'ip tuntap add tap0 mode tap && ip link set tap0 up && { (\(remove)) & \(record); }' $0",
            in: directory
        )

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.messages.contains("the other end of the network has hung up"), "\(result.messages)")
    }

    private static let mistakes: [(options: [String], status: Int32, words: String)] = [
        (["--net", "no-such-tap"], 66, "--net no-such-tap: the interface 'no-such-tap'"),
        (["--net", "unix:nowhere"], 66, "nowhere"),
        (["--net", "pcap-in:virtio-network.bin"], 65, "not an Ethernet capture"),
        (["--net", "@99"], 66, "descriptor 99"), (["--net", "@x"], 64, "needs the number of a file descriptor"),
        (["--net-mac", "02:00:00:00:00:07"], 64, "--net-mac needs --net"),
        (["--net", "pcap-in:virtio-network.pcap", "--net-mac", "02:00"], 64, "not an address"),
        (["--net", "unix:a", "--net", "unix:b"], 64, "one network card"),
        (["--net:wire=pcap-in:virtio-network.pcap"], 64, "not a unikernel"),
    ]

    @Test(arguments: mistakes)
    func mistakesAreNamed(options: [String], status: Int32, words: String) throws {
        let directory = try Self.directory()

        let result = try Command(Self.record + options, in: directory).wait()

        #expect(result.status == status, "\(result.messages)")
        #expect(result.messages.contains(words), "\(result.messages)")
        #expect(!FileManager.default.fileExists(atPath: directory.file("trace.rrvm").string))
    }

    @Test func unikernelsInterfaceHasAName() throws {
        let directory = try Self.directory()
        try directory.write(Guest.named("hvt-echo").image, to: "guest")

        let result = try Command.run("record", "guest", "--net", "pcap-in:virtio-network.pcap", in: directory)

        #expect(result.status == 64)
        #expect(result.messages.contains("--net:wire=tap0"), "\(result.messages)")
    }

    @Test func runIsNotMadeSmaller() throws {
        let directory = try Self.directory()
        let options = ["--net", "pcap-in:virtio-network.pcap", "--keyframes", "every=250ms,interrupts"]
        _ = try Command(Self.record + options, in: directory).wait()

        let result = try Command.run("minimize", "trace.rrvm", "-o", "small.rrvm", in: directory)

        #expect(result.status == 64)
        #expect(result.messages.contains("packets"), "\(result.messages)")
    }
}
