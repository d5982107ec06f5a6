import EndToEnd
import Foundation
import SystemPackage
import Testing
import TraceFormat
import X86

/// Traces that are not what they should be, given to every command that reads one.
@Suite(.needsKVM) struct BadTraceTests {
    static let readers = ["replay", "verify", "info", "events", "check", "redact"]

    @Test(arguments: readers, [("missing", 66), (".", 66), ("empty", 65), ("text", 65), ("/dev/null", 65)])
    func fileThatIsNoTraceIsRefused(command: String, file: (name: String, status: Int32)) throws {
        let directory = try TemporaryDirectory()
        try directory.write([], to: "empty")
        try directory.write(Array("this is no trace, but it is longer than the first bytes of one".utf8), to: "text")

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

    @Test(arguments: readers, [0.3, 0.6, 0.9])
    func truncatedTraceIsReadAsFarAsItGoes(command: String, part: Double) throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks")
        let bytes = try directory.read("trace.rrvm")
        try directory.write(Array(bytes.prefix(Int(Double(bytes.count) * part))), to: "cut.rrvm")

        let result = try Command.run(command, "cut.rrvm", in: directory)

        #expect([0, 65, 69].contains(result.status), "\(result)")
        #expect(result.messages.contains("the trace "), "\(result.messages)")
    }

    @Test func flippedByteIsBadDataAtItsChunkOrALostEnd() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        let bytes = try directory.read("trace.rrvm")

        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            var spoilt = bytes
            spoilt[place] ^= 4
            try directory.write(spoilt, to: "spoilt.rrvm")
            let result = try Command.run("verify", "spoilt.rrvm", in: directory)
            let isLostEnd = result.status == 0 && result.messages.contains("the trace has no end")
            let isBadData =
                result.status == 65 && ["at byte", "is not", "version"].contains(where: result.messages.contains)
            #expect(isLostEnd || isBadData, "byte \(place): \(result)")
        }
    }

    @Test func changedEventIsReportedAsADifference() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.change("changed.rrvm") { changes in
            changes.events = { events in events[4].rip += 0x100 }
        }

        let result = try Command.run("replay", "changed.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.messages.contains("divergence at event 4"))
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
            let result = try Command.run(command, "changed.rrvm", in: directory)
            #expect(result.status == 69)
            #expect(result.messages.contains("CPUID leaf 0x1.0 ecx"), "\(result.messages)")
        }
    }
}
