import EndToEnd
import Foundation
import SystemPackage
import Testing
import TraceFormat
import X86

/// Traces that are not what they should be, given to every command that reads one.
@Suite(.needsKVM) struct BadTraceTests {
    static let readers = ["replay", "verify", "info", "events", "check", "redact"]

    @Test(
        arguments: readers,
        [("missing", 66), (".", 66), ("empty", 65), ("text", 65), ("/dev/null", 66), ("pipe", 66)]
    )
    func fileThatIsNoTraceIsRefused(command: String, file: (name: String, status: Int32)) throws {
        let directory = try TemporaryDirectory()
        try directory.write([], to: "empty")
        try directory.write(Array("this is no trace, but it is longer than the first bytes of one".utf8), to: "text")
        _ = try Command.shell("mkfifo pipe", in: directory)

        let result = try Command.run(command, file.name, in: directory)

        #expect(result.status == file.status, "\(result.messages)")
        #expect(result.messageLines.count == 1, "\(result.messages)")
        #expect(result.messages.contains(file.name))
        #expect(result.output.isEmpty)
    }

    @Test(arguments: readers)
    func withoutAFileAndWithoutALatestOneTheCommandSaysSo(command: String) throws {
        let result = try Command.run(command, in: TemporaryDirectory())

        #expect(result.status == 66)
        #expect(result.messages.contains("record a guest first"))
    }

    @Test(arguments: readers)
    func otherVersionIsNamed(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        var bytes = try directory.read("trace.rrvm")
        bytes[8] = 99
        try directory.write(bytes, to: "other.rrvm")

        let result = try Command.run(command, "other.rrvm", in: directory)

        #expect(result.status == 65, "\(result.messages)")
        #expect(result.messageLines.count == 1)
        #expect(result.messages.contains("version 99"))
    }

    /// Where a trace may stop because its recorder was killed.
    enum Cut: CaseIterable {
        /// Before its first keyframe is whole.
        case beginning
        /// With a state to begin with, and without an end.
        case midst
        /// With all its events, and without its whole index.
        case index
    }

    @Test(arguments: readers, Cut.allCases)
    func traceThatJustStopsIsReadAsFarAsItGoes(command: String, cut: Cut) throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks")
        try directory.cut(at: cut, to: "cut.rrvm")

        let result = try Command.run(command, "cut.rrvm", in: directory)

        let hasNothingToReplay = cut == .beginning && ["replay", "verify", "check"].contains(command)
        let says =
            hasNothingToReplay
            ? "rr-vm: cut.rrvm: the trace ends before its first keyframe" : "rr-vm: cut.rrvm: the trace has no end"
        #expect(result.status == (hasNothingToReplay ? 65 : 0), "\(result)")
        #expect(result.messageLines.count { $0.hasPrefix("rr-vm: cut.rrvm: ") } == 1, "\(result.messages)")
        #expect(result.messages.hasPrefix(says), "\(result.messages)")
    }

    @Test(arguments: readers)
    func traceThatStopsWithinItsHeaderIsBadData(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.write(Array(directory.read("trace.rrvm").prefix(100)), to: "cut.rrvm")

        let result = try Command.run(command, "cut.rrvm", in: directory)

        #expect(result.status == 65)
        #expect(result.messages == "rr-vm: cut.rrvm: the trace ends within the header at byte 32\n")
        #expect(result.output.isEmpty)
    }

    @Test(
        arguments: [
            ["verify"], ["verify", "--jobs", "2"], ["verify", "--shard", "1/2"], ["verify", "--shard", "2/2"],
            ["replay", "--console"], ["inspect"], ["bisect", "latest", "--when", "rip == 0"],
        ]
    )
    func traceWithoutAStateIsBadDataHoweverItIsReplayed(arguments: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.cut(at: .beginning, to: "latest")

        let result = try Command(arguments, in: directory).wait()

        #expect(result.status == 65, "\(result)")
        // A trace that was not named is the one that `latest` leads to.
        let name = arguments.contains("latest") ? "latest" : "trace.rrvm"
        #expect(result.messages.contains("\(name): the trace ends before its first keyframe"), "\(result.messages)")
        #expect(result.messageLines.count == 1, "\(result.messages)")
        #expect(result.output.isEmpty)
    }

    @Test(arguments: [["verify"], ["info", "--check"]])
    func flippedByteIsBadDataWhereverItIs(command: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        let bytes = try directory.read("trace.rrvm")
        // Some of each chunk, and more of what stands behind the events: the indexes and the footer.
        let places =
            Array(stride(from: 0, to: bytes.count, by: 61))
            + Array((bytes.count - 200)..<bytes.count).filter { $0 % 7 == 0 }

        for place in places {
            var spoilt = bytes
            spoilt[place] ^= 4
            try directory.write(spoilt, to: "spoilt.rrvm")
            let result = try Command(command + ["spoilt.rrvm"], in: directory).wait()
            #expect(result.status == 65, "byte \(place): \(result)")
            #expect(!result.messages.contains("no fault"), "byte \(place): \(result)")
            #expect(
                result.messageLines.count == 1
                    && result.messages.contains(/spoilt\.rrvm(: bad data in the .+ at byte \d+:| is )/),
                "byte \(place): \(result)"
            )
        }
    }

    @Test(arguments: ["replay", "events", "info"])
    func whatStandsBeforeBadBytesIsReadAndThenTheyAreReported(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks")
        try directory.cut(at: .midst, to: "cut.rrvm")
        try directory.write(directory.read("cut.rrvm") + [UInt8](repeating: 0xA5, count: 100), to: "cut.rrvm")

        let result = try Command.run(command, "cut.rrvm", in: directory)

        #expect(result.status == 65, "\(result)")
        #expect(result.messages.contains(/^rr-vm: cut\.rrvm: bad data in the event chunk at byte \d+: its checksum/))
        #expect(result.messageLines.count == 1, "\(result.messages)")
    }

    @Test func changedInputIsReportedAsADifference() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        // The guest asks whether the transmitter is free, is told that it is not, and asks again instead of sending.
        try directory.change("changed.rrvm") { changes in
            changes.events = { events in
                events[5].event = .portRead(PortAccess(port: Port(0x3FD), size: .byte, value: 0))
            }
        }

        let result = try Command.run("replay", "changed.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.messages.contains("divergence at event 6"), "\(result.messages)")
        #expect(try Command.run("verify", "changed.rrvm", in: directory).status == 1)
    }

    @Test(.needsForcedFeatures) func processorThatThisHostCannotShowIsNamed() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.change("changed.rrvm") { changes in
            changes.header = { header in
                let leaf = header.processor.cpuid.firstIndex { $0.function == 1 }
                header.processor.cpuid[leaf ?? 0].ecx &= ~1
            }
        }

        for command in ["replay", "verify", "check"] {
            let result = try Command.run(command, "changed.rrvm", "--engine", "kvm", in: directory)
            #expect(result.status == 69)
            #expect(result.messages.contains("CPUID leaf 0x1.0 ecx"), "\(result.messages)")
        }
    }
}

extension TemporaryDirectory {
    /// Copies the beginning of trace.rrvm: as much of it as `cut` says.
    fileprivate func cut(at cut: BadTraceTests.Cut, to name: String) throws {
        let bytes = try read("trace.rrvm")
        let length = try bytes.indices.reversed().first { length in
            try write(Array(bytes.prefix(length)), to: name)
            guard let reader = try? TraceReader(path: file(name)) else { return false }
            return switch cut {
            case .beginning: reader.keyframeCount == 0
            case .midst: reader.outcome == nil && reader.keyframeCount > 0
            case .index: reader.outcome != nil
            }
        }
        _ = try #require(length)
    }
}
