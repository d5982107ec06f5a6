import EndToEnd
import Foundation
import GuestImages
import Testing
import TraceFormat
import X86

/// Unikernels on the command line, as users of Solo5's own tender write it.
@Suite(.needsKVM) struct UnikernelCommandTests {
    /// A directory with a guest and what is behind its devices: `guest`, `disk` and `packets`.
    private static func directory(for name: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let guest = Guest.named(name)
        try directory.write(guest.image, to: "guest")
        guard let unikernel = guest.unikernel else { return directory }
        try directory.write(unikernel.blockDeviceContent, to: "disk")
        try directory.write(Capture.bytes(of: unikernel.packets), to: "packets")
        return directory
    }

    @Test func argumentsReachTheGuestAndTheReplayShowsTheSame() throws {
        let directory = try Self.directory(for: "hvt-hello")

        let recorded = try Command.run("record", "guest", "-o", "trace.rrvm", "--", "a", "--block:x", in: directory)
        let replayed = try Command.run("replay", "--console", "--quiet", in: directory)
        let inspected = try Command.run(
            "inspect",
            "trace.rrvm",
            "--at",
            "console:unikernel",
            "--console",
            in: directory
        )
        let listed = try Command.run("events", "--port", "0x502", in: directory)

        #expect(recorded.status == 0, "\(recorded.messages)")
        #expect(recorded.output == "hello from a unikernel: a --block:x\n")
        #expect(replayed.output == recorded.output)
        #expect(inspected.output.contains("hello from a unikernel: "), "\(inspected.output)")
        #expect(listed.output.contains("puts(data 0x"), "\(listed.output)")
    }

    @Test func textThatWasShownWithTheOneToStopAtIsShownByTheReplayToo() throws {
        let directory = try Self.directory(for: "hvt-hello")

        let recorded = try Command.run("record", "guest", "--until", "from", "-o", "trace.rrvm", in: directory)
        let replayed = try Command.run("replay", "--console", "--quiet", in: directory)

        #expect(try TraceReader(path: directory.file("trace.rrvm")).outcome == .stopped(.consoleText("from")))
        #expect(recorded.output.hasPrefix("hello from a unikernel: ") && recorded.output.hasSuffix("\n"))
        #expect(replayed.output == recorded.output)
    }

    @Test func memoryIsThatOfTheTenderUnlessAsked() throws {
        let directory = try Self.directory(for: "hvt-hello")

        _ = try Command.run("record", "guest", "-o", "usual.rrvm", in: directory)
        let result = try Command.run("record", "--mem=5", "guest", "-o", "small.rrvm", in: directory)

        #expect(result.messages.contains("this one gets 4 MiB"))
        #expect(try directory.memorySize(of: "usual.rrvm") == 512 << 20)
        #expect(try directory.memorySize(of: "small.rrvm") == 4 << 20)
    }

    @Test(arguments: [("hvt-exit-codes", 42), ("hvt-abort", 255), ("hvt-write-constant", 1), ("hvt-write-zero", 1)])
    func statusIsTheGuests(guest: String, status: Int32) throws {
        let directory = try Self.directory(for: guest)

        let recorded = try Command.run("record", "guest", in: directory)
        let run = try Command.run("run", "guest", in: directory)
        let replayed = try Command.run("replay", in: directory)

        #expect(recorded.status == status, "\(recorded.messages)")
        #expect(run.status == status)
        #expect(replayed.status == 0)
    }

    @Test func faultIsToldWithItsRegisters() throws {
        let directory = try Self.directory(for: "hvt-write-constant")

        let result = try Command.run("record", "guest", in: directory)

        #expect(result.messages.contains("the guest is at fault: it wrote 8 bytes at 0x10"))
        #expect(result.messages.contains("(unikernel+0x"))
        #expect(result.messages.contains("rip 0000000000100"))
    }

    @Test func abortLeavesACoreWhereItWasAskedFor() throws {
        let directory = try Self.directory(for: "hvt-abort")

        let result = try Command.run("record", "--dumpcore=.", "guest", in: directory)

        #expect(result.messages.contains("core.solo5-hvt."))
        #expect(try directory.names.contains { $0.hasPrefix("core.solo5-hvt.") })
    }

    @Test func blockDeviceIsLeftAsItIsUnlessAsked() throws {
        let directory = try Self.directory(for: "hvt-block")
        let original = try directory.read("disk")

        let kept = try Command.run("run", "--block:storage=disk", "guest", in: directory)
        let afterKept = try directory.read("disk")
        let written = try Command.run("run", "--block:storage=disk,write", "guest", in: directory)
        let afterWritten = try directory.read("disk")

        #expect(kept.status == 0, "\(kept.messages)")
        #expect(afterKept == original)
        #expect(written.output == kept.output)
        #expect(afterWritten != original)
    }

    @Test func replayNeedsNeitherDiskNorGuest() throws {
        let directory = try Self.directory(for: "hvt-block")
        _ = try Command.run("record", "guest", "--block:storage=disk", "-o", "trace.rrvm", in: directory)

        let result = try Command.shell("rm guest disk && $0 verify trace.rrvm", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output.contains("divergences            0"))
    }

    @Test func packetsComeFromACapture() throws {
        let directory = try Self.directory(for: "hvt-echo")

        let result = try Command.run(
            "record",
            "--net:wire=pcap-in:packets",
            "--net-mac:wire=02:00:00:00:00:07",
            "guest",
            in: directory
        )

        #expect(result.output == "5 packets, 2114 bytes\n", "\(result.messages)")
    }

    @Test func packetsComeThroughASocket() throws {
        let directory = try Self.directory(for: "hvt-echo")
        let packets = try #require(Guest.named("hvt-echo").unikernel?.packets)
        try ScriptedPeer.listen(at: directory.file("socket"), saying: packets)

        let result = try Command.run("record", "--net:wire=unix:socket", "guest", "-o", "trace.rrvm", in: directory)

        #expect(result.output == "5 packets, 2114 bytes\n", "\(result.messages)")
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    /// The kernel itself sends packets on an interface that comes up.
    @Test(.needsTapInterfaces) func packetsComeThroughATapInterface() throws {
        let directory = try Self.directory(for: "hvt-echo")
        let record = "$0 record --net:wire=tap0 guest -o trace.rrvm --max-events 60 --max-time 20"

        let result = try Command.shell(
            "unshare --net bash -c 'ip tuntap add tap0 mode tap && ip link set tap0 up && \(record)' $0",
            in: directory
        )

        #expect(result.status == 0, "\(result.messages)")
        let sent = try TraceReader(path: directory.file("trace.rrvm")).allEvents().count { $0.event.isSending }
        #expect(sent > 0)
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func signalEndsAGuestThatWaitsForAPacket(signal: Int32) throws {
        let directory = try Self.directory(for: "hvt-echo")
        try directory.write(Capture.bytes(of: []), to: "packets")
        let command = ["record", "--net:wire=pcap-in:packets", "guest", "-o", "trace.rrvm"]
        var recorder = try Command(command, in: directory)
        recorder.waitUntil { (try? TraceReader(path: directory.file("trace.rrvm.part")).eventCount) ?? 0 > 0 }

        recorder.signal(signal)
        let result = try recorder.wait()

        #expect(result.status == 0, "\(result.messages)")
        #expect(try TraceReader(path: directory.file("trace.rrvm")).outcome == .stopped(.interrupted))
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    private static let mistakes: [(guest: String, options: [String], status: Int32, words: String)] = [
        ("hvt-block", [], 64, "--block:storage=FILE"),
        ("hvt-block", ["--block:other=disk"], 64, "it needs --block:storage"),
        ("hvt-block", ["--block:storage=nowhere"], 66, "nowhere"),
        ("hvt-block", ["--block:storage=guest"], 65, "whole sectors"),
        ("hvt-block", ["--block:storage="], 64, "--block:NAME=VALUE"),
        ("hvt-block", ["--block:=disk"], 64, "--block:NAME=VALUE"),
        ("hvt-block", ["--block:storage"], 64, "--block:NAME=VALUE"),
        ("hvt-block", ["--block:storage=disk", "--block:storage=disk"], 64, "more than once"),
        ("hvt-block", ["--block:storage=disk", "--block-sector-size:storage=513"], 64, "power of two"),
        ("hvt-block", ["--block:storage=disk", "--block-sector-size:other=512"], 64, "other needs --block:other"),
        ("hvt-echo", [], 64, "--net:wire=tap0"),
        ("hvt-echo", ["--net:wire=unix:nowhere"], 66, "nowhere"),
        ("hvt-echo", ["--net:wire=pcap-in:guest"], 65, "not an Ethernet capture"),
        ("hvt-echo", ["--net:wire=pcap-in:nowhere"], 66, "nowhere"),
        ("hvt-echo", ["--net:wire=no-such-tap"], 66, "no-such-tap"),
        ("hvt-echo", ["--net:wire=@99"], 66, "descriptor 99"),
        ("hvt-echo", ["--net:wire=@x"], 64, "descriptor"),
        ("hvt-echo", ["--net:wire=pcap-in:packets", "--net-mac:wire=02:00"], 64, "not an address"),
        ("hvt-hello", ["--mem=0"], 64, "--mem=MB"),
        ("hvt-hello", ["--mem=4096"], 64, "at most 4064 MiB"),
        ("hvt-hello", ["--dumpcore=nowhere"], 66, "not a directory"),
        ("hvt-hello", ["--append", "x"], 64, "after '--'"),
        ("hvt-hello", ["--tsc", "native"], 64, "1 GHz"),
        ("hvt-hello", ["--net:wire=pcap-in:guest"], 65, "not an Ethernet capture"),
    ]

    @Test(arguments: mistakes)
    func mistakeIsToldInOneLine(guest: String, options: [String], status: Int32, words: String) throws {
        let directory = try Self.directory(for: guest)

        let result = try Command(["record", "guest", "-o", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == status, "\(result.messages)")
        #expect(result.messages.contains(words), "\(result.messages)")
        #expect(try !directory.names.contains { $0.hasPrefix("trace.rrvm") })
    }

    @Test func argumentsOfAnotherGuestAreRefused() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let result = try Command.run("record", "hello.bin", "--flat", "--", "a", in: directory)

        #expect(result.status == 64)
        #expect(result.messages.contains("this guest is not one"))
    }
}

extension Event {
    /// Whether the guest sent a packet with it.
    fileprivate var isSending: Bool {
        guard case .deviceRead(let read) = self, case .data = read.content else { return false }
        return read.port.rawValue == 0x506
    }
}

extension TemporaryDirectory {
    /// Bytes of the memory that a trace's machine has.
    fileprivate func memorySize(of trace: String) throws -> UInt64 {
        try TraceReader(path: file(trace)).header.machine.memory.reduce(0) { $0 + $1.size }
    }
}
