import ByteCoding
import EndToEnd
import Engine
import GuestImages
import KVMEngine
import Machine
import Platform
import Recorder
import Replayer
import SystemPackage
import Testing
import TraceFormat
import X86

/// Why input is kept, and that everything else is blanked.
@Suite(.needsKVM) struct RedactionTests {
    /// Reads a byte of the firmware configuration's signature into AL: mov $0x510, %dx; xor %ax, %ax; out %ax, (%dx); inc %dx;
    /// in (%dx), %al.
    private static let read: [UInt8] = [0xBA, 0x10, 0x05, 0x31, 0xC0, 0xEF, 0x42, 0xEC]
    /// Ends with code 0, and with AX as it always is: xor %ax, %ax; out %al, $0xF4.
    private static let exit: [UInt8] = [0x31, 0xC0, 0xE6, 0xF4]

    @Test func inputThatIsForgottenIsBlanked() throws {
        let redacted = try Redacted(Self.read + Self.exit)

        #expect(redacted.report.kept.isEmpty)
        #expect(redacted.report.blanked.map(\.kind) == [.files])
        #expect(redacted.report.changedKeyframes.isEmpty)
    }

    @Test func inputThatIsInMemoryAtTheEndIsKept() throws {
        // mov %al, 0x9000
        let redacted = try Redacted(Self.read + [0xA2, 0x00, 0x90] + Self.exit)

        #expect(redacted.report.kept.map(\.reason) == [.endState(registers: 0, pages: 1)])
        #expect(redacted.report.blanked.isEmpty)
    }

    @Test func inputWithoutWhichTheGuestWaitsForEverIsKept() throws {
        // test %al, %al; jz .-2
        let redacted = try Redacted(Self.read + [0x84, 0xC0, 0x74, 0xFC] + Self.exit)

        let exit = try #require(try redacted.original.allEvents().last { $0.event.kind == .portWrite })
        #expect(redacted.report.kept.map(\.reason) == [.stalled(exit.ordinal)])
    }

    @Test func onlyTheOutputInputIsKept() throws {
        // Reads four bytes and prints the third: in (%dx), %al, three times; out %al, $0x80 before the last.
        let redacted = try Redacted(Self.read + [0xEC, 0xEC, 0xE6, 0x80, 0xEC] + Self.exit)

        // What is read in a row is one piece: the three bytes before the output, and the one behind it.
        #expect(redacted.report.kept.map(\.input.byteCount) == [3])
        #expect(redacted.report.blanked.map(\.byteCount) == [1])
    }

    @Test func inputThatIsHeldWhereTheHostCannotStopIsKept() throws {
        let trace = try Self.recordUnreachableStates()
        let interrupted = try #require(try trace.keyframes.first { $0.position == .asynchronous })

        let redacted = try Redacted(trace, landing: .portable)

        #expect(redacted.report.blanked.isEmpty)
        #expect(
            redacted.report.kept.prefix(3).map(\.reason) == Array(repeating: .interrupted(interrupted.event), count: 3)
        )
    }

    /// Of a trace that is not known to replay as it is, nothing can be said without its input.
    @Test(.enabled(if: HostProbe.canStop(in: .real), "this host cannot stop a guest"))
    func aTraceThatIsNotProvedIsRefused() throws {
        let trace = try Self.recordUnreachableStates()
        let interrupted = try #require(try trace.keyframes.first { $0.position == .asynchronous })

        let error = #expect(throws: ReplayError.self) { try Redacted(trace) }

        guard case .notReached(interrupted.event) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// A recording whose states between two exits are not those that executing leads to: they can be restored only.
    private static func recordUnreachableStates() throws -> TraceReader {
        let original = try Redacted.record(Guest.named("password").image, input: Array("abc\n".utf8))
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.keyframe = { keyframe in
            guard keyframe.position == .asynchronous else { return }
            keyframe.state[.rbx] ^= 1
            keyframe.digest.processor = keyframe.state.digest
        }
        return try original.copy(to: directory.file("changed.rrvm"), changes: changes)
    }

    /// No replay needs a keyframe between two exits where nothing is given to the guest.
    @Test func keyframesAtWhichInputIsHeldAreLeftOutWhereNothingElseIsGiven() throws {
        // mov %al, %bl; in $0x61, %al, twice; xor %bx, %bx; in $0x61, %al.
        let code = Self.read + [0x88, 0xC3, 0xE4, 0x61, 0xE4, 0x61, 0x31, 0xDB, 0xE4, 0x61] + Self.exit
        let original = try Redacted.record(code, input: [], keyframes: KeyframePolicy(nanoseconds: nil, events: 1))
        let directory = try TemporaryDirectory()
        let (first, last) = (EventOrdinal(0), try #require(try original.keyframes.last).event)
        var changes = TraceChanges()
        changes.keyframe = { keyframe in
            keyframe.position = [first, last].contains(keyframe.event) ? .synchronous : .asynchronous
        }
        let trace = try original.copy(to: directory.file("changed.rrvm"), changes: changes)
        let input = try #require(try RecordedInput.all(in: trace).first).events
        let forgotten = try #require(try trace.allEvents().last { $0.event.kind == .portRead }).ordinal
        let held = try trace.keyframes.map(\.event).filter { $0 > input.upperBound && $0 < forgotten }

        let redacted = try Redacted(trace)

        #expect(held.count >= 2)
        #expect(redacted.report.kept.isEmpty && redacted.report.blanked.map(\.events) == [input])
        #expect(redacted.report.changedKeyframes == held)
        #expect(try redacted.copy.keyframes.map(\.event) == trace.keyframes.map(\.event).filter { !held.contains($0) })
        for (old, new) in try zip(trace.allEvents(), redacted.copy.allEvents()) where !held.contains(old.ordinal) {
            #expect(old.event.kind == new.event.kind && old.ordinal == new.ordinal)
        }
    }

    @Test func neighboursOfManyKeptPiecesAreKeptUntried() throws {
        let line = [UInt8](repeating: UInt8(ascii: "a"), count: 70) + [UInt8(ascii: "\n")]
        let trace = try Redacted.record(Guest.named("uart-echo").image, input: line)

        let redacted = try Redacted(trace)

        let reasons = redacted.report.kept.map(\.reason)
        #expect(reasons.count == line.count)
        let isTried = reasons.map { if case .neighbour = $0 { false } else { true } }
        #expect(isTried.prefix(64).allSatisfy { $0 })
        #expect(isTried.contains(false))
    }
}

/// A redacted trace, which has been replayed.
private struct Redacted {
    let original: TraceReader
    let report: RedactionReport
    let copy: TraceReader

    /// Records code, and blanks all its input.
    init(_ code: [UInt8]) throws {
        try self.init(Self.record(code, input: []))
    }

    /// Blanks all input of a trace.
    init(_ original: TraceReader, landing: Landing = .auto) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("redacted.rrvm")
        var redaction = try Redaction(
            ReplaySession<KVMProcessor>(original, landing: landing),
            blanking: RecordedInput.all(in: original)
        )
        report = try redaction.run { header throws(TraceError) in try TraceWriter(path: path, header: header) }.get()
        self.original = original
        copy = try TraceReader(path: path)
        try copy.check()
        let replayed = try EndToEnd.Replay(copy).result.get()
        let digest = try original.keyframes.last?.digest
        #expect(replayed.digest == digest)
        #expect(report.blanked.count + report.kept.count == (try RecordedInput.all(in: copy).count))
    }

    static func record(
        _ code: [UInt8],
        input: [UInt8],
        keyframes: KeyframePolicy = KeyframePolicy()
    ) throws -> TraceReader {
        let directory = try TemporaryDirectory()
        let path = directory.file("trace.rrvm")
        var options = BootOptions()
        options.address = 0x7C00
        let setup = RunSetup(limits: RunLimits(seconds: 60), date: 1_700_000_000, keyframes: keyframes)
        setup.input.send(input)
        _ = try Session.record(
            MachineConfiguration(
                memorySize: 16 << 20,
                image: GuestImage(bytes: code, bootProtocol: .flat, options: options),
                profile: .baseline
            ),
            guest: TraceHeader.Guest(
                name: "test",
                options: [],
                imageSize: UInt64(code.count),
                imageDigest: Digest128(hashing: code.rawSpan)
            ),
            recorder: "tests",
            to: [path],
            setup: setup
        )
        return try TraceReader(path: path)
    }
}
