import EndToEnd
import SystemPackage
import Testing
import TraceFormat
import X86

/// `rr-vm redact`: what a trace holds, and copies without it.
@Suite(.needsKVM) struct RedactTests {
    private static let secret = "hunter2 xyzzy-plugh"

    @Test func listNamesEveryKindWithItsEvents() throws {
        let directory = try TemporaryDirectory()
        try directory.recordPassword(Self.secret)

        let result = try Command.run("redact", "trace.rrvm", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        let bytes = Self.secret.utf8.count + 1
        #expect(
            result.output.contains("console          \(bytes) pieces, \(bytes) bytes, at events"),
            "\(result.output)"
        )
        #expect(result.output.contains("disk             nothing"))
        #expect(result.output.contains("network          nothing"))
        #expect(result.output.contains("never blanked"))
        #expect(try directory.names == ["in", "latest", "password.bin", "trace.rrvm"])
    }

    @Test func blankedBytesAreNowhereInTheCopy() throws {
        let directory = try TemporaryDirectory()
        try directory.recordPassword(Self.secret)
        let recorded = try TraceReader(path: directory.file("trace.rrvm"))

        let result = try Command.run("redact", "trace.rrvm", "--blank", "console", "-o", "out.rrvm", in: directory)

        // The end of the line makes the guest go on.
        #expect(result.status == 1, "\(result)")
        #expect(result.messages.contains("1 of \(Self.secret.utf8.count + 1) pieces of input are still in out.rrvm"))
        let copy = try TraceReader(path: directory.file("out.rrvm"))
        // Every part of four bytes, as registers hold them.
        for start in 0..<Self.secret.utf8.count - 3 {
            let part = Array(Self.secret.utf8)[start..<start + 4]
            #expect(try recorded.holds(part))
            #expect(try !copy.holds(part), "bytes \(start) to \(start + 3) are still there")
        }
    }

    @Test func copyReplaysToTheSameEnd() throws {
        let directory = try TemporaryDirectory()
        try directory.recordPassword(Self.secret)
        _ = try Command.run("redact", "trace.rrvm", "--blank", "console", "-o", "out.rrvm", in: directory)

        let result = try Command.run("verify", "out.rrvm", in: directory)

        #expect(result.status == 0, "\(result)")
        let recorded = try TraceReader(path: directory.file("trace.rrvm")).keyframes
        let copied = try TraceReader(path: directory.file("out.rrvm")).keyframes
        #expect(copied.map(\.event) == recorded.map(\.event))
        #expect(copied.last?.digest == recorded.last?.digest)
        // It was interrupted three times while the guest held the line.
        let interrupted = zip(recorded, copied).filter { $0.0.position == .asynchronous }
        #expect(interrupted.count >= 1)
        #expect(interrupted.allSatisfy { $0.0.digest != $0.1.digest })
    }

    @Test func unusedSectorIsBlankedAndTheOneThatIsPrintedIsKept() throws {
        let directory = try TemporaryDirectory()
        let sectors = (0..<1024).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 512) | 1 }
        try directory.write(sectors + [UInt8](repeating: 0, count: 7 * 1024), to: "disk")
        try directory.record("disk-read", "--drive", "disk")

        let result = try Command.run("redact", "trace.rrvm", "--blank", "disk,network", "-o", "out.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.output.contains("blanked disk     1 piece, 512 bytes"), "\(result.output)")
        #expect(result.output.contains("kept disk        1 piece, 512 bytes"), "\(result.output)")
        #expect(result.output.contains("does something else at event"), "\(result.output)")
        #expect(try Command.run("verify", "out.rrvm", in: directory).status == 0)
        #expect(
            try TraceReader(path: directory.file("out.rrvm")).header.notes.contains {
                $0.value == "disk: 1 blanked, 1 kept"
            }
        )
    }

    @Test func inputThatIsPrintedIsKept() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Array("ab\n".utf8), to: "in")
        try directory.record("uart-echo", "--input", "in")

        let result = try Command.run("redact", "trace.rrvm", "--blank", "console", "-o", "out.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.output.contains("blanked          nothing"), "\(result.output)")
        let (old, new) = (directory.file("trace.rrvm"), directory.file("out.rrvm"))
        #expect(try TraceReader(path: new).allEvents() == TraceReader(path: old).allEvents())
    }

    @Test func traceWithoutSuchInputIsCopied() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.run("redact", "trace.rrvm", "--blank", "disk", "-o", "out.rrvm", in: directory)

        #expect(result.status == 0, "\(result)")
        let (old, new) = (directory.file("trace.rrvm"), directory.file("out.rrvm"))
        #expect(try TraceReader(path: new).allEvents() == TraceReader(path: old).allEvents())
    }

    @Test(
        arguments: [
            ["--blank", "console"], ["-o", "out.rrvm"], ["--blank", "secrets", "-o", "out.rrvm"],
            ["--blank", "", "-o", "out.rrvm"], ["--blank", "console,", "-o", "out.rrvm"],
        ]
    )
    func optionsThatMakeNoSenseAreAUsageError(options: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command(["redact", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == 64, "\(result)")
        #expect(try directory.names == ["hello.bin", "latest", "trace.rrvm"])
    }

    @Test func copyNeverOverwrites() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.write([1], to: "mine")

        let result = try Command.run("redact", "trace.rrvm", "--blank", "console", "-o", "mine", in: directory)

        #expect(result.status == 73)
        #expect(try directory.read("mine") == [1])
    }

    @Test func traceWithoutAnEndIsListedAndNotBlanked() throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks")
        let bytes = try directory.read("trace.rrvm")
        try directory.write(Array(bytes.prefix(bytes.count * 6 / 10)), to: "cut.rrvm")

        let list = try Command.run("redact", "cut.rrvm", in: directory)
        let result = try Command.run("redact", "cut.rrvm", "--blank", "console", "-o", "out.rrvm", in: directory)

        #expect(list.status == 0, "\(list)")
        #expect(result.status == 65, "\(result)")
        #expect(result.messages.contains("no last state"))
        #expect(try !directory.names.contains { $0.hasPrefix("out") })
    }

    @Test func traceThatDoesNotReplayIsADifference() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.change("changed.rrvm") { changes in
            changes.events = { events in events[4].rip += 0x100 }
        }

        let result = try Command.run("redact", "changed.rrvm", "--blank", "console", "-o", "out.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.messages.contains("divergence at event 4"))
        #expect(try !directory.names.contains { $0.hasPrefix("out") })
    }
}

extension TemporaryDirectory {
    /// Records the guest that forgets a line of input, with keyframes while it holds it.
    fileprivate func recordPassword(_ line: String) throws {
        try write(Array("\(line)\n".utf8), to: "in")
        try record("password", "--input", "in", "--keyframes", "events=9")
    }
}

extension TraceReader {
    /// Whether some bytes stand in any page or register of any keyframe, or follow one another in what the guest was given
    /// from one port.
    fileprivate func holds(_ bytes: ArraySlice<UInt8>) throws -> Bool {
        for number in 0..<keyframeCount {
            var keyframe = try keyframe(number)
            let registers = keyframe.state.general.flatMap { value in
                (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
            }
            let pages = try keyframe.changedPages.map { try keyframe.memory.page(at: $0) }
            if ([registers] + pages).contains(where: { $0.contains(bytes) }) { return true }
        }
        let typed = try allEvents().compactMap { recorded -> UInt8? in
            guard case .portRead(let access) = recorded.event, access.port == Port(0x3F8) else { return nil }
            return UInt8(truncatingIfNeeded: access.value)
        }
        return typed.contains(bytes)
    }
}

extension [UInt8] {
    fileprivate func contains(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard count >= bytes.count else { return false }
        return (0...count - bytes.count).contains { self[$0..<$0 + bytes.count] == bytes }
    }
}
