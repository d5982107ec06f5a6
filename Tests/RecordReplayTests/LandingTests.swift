import Digest
import Dispatch
import EndToEnd
import Engine
import GuestImages
import Machine
import Recorder
import Replayer
import Synchronization
import SystemPackage
import Testing
import TraceFormat
import X86

/// Replays of guests that were interrupted between two exits.
@Suite(.needsKVM) struct LandingTests {
    /// Guests that spin in real mode until interrupted, the quick ones first.
    private static let spinning = ["racy", "tick-self-modifying"] + (SlowTests.areIncluded ? slowToLand : [])
    private static let slowToLand = ["tick-memory-counter", "tick-nested", "tick-rep-string"]
    private static let repeats = SlowTests.areIncluded ? 50 : 2
    private static let canBreakInRealMode = (try? HostProbe.run().canBreak(in: .real)) ?? false

    @Test(
        .enabled(if: canBreakInRealMode, "this host can not stop a guest at a breakpoint"),
        arguments: spinning
    )
    func everyInterruptIsLandedOnByExecuting(name: String) async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named(name)))
        for _ in 0..<Self.repeats {
            let report = try Replay(recording.reader, landing: .exact).result.get()
            #expect(report.epochsJumped == 0)
            #expect(report.digest == recording.summary.trace?.digest)
        }
    }

    @Test(arguments: [
        "racy", "tick-memory-counter", "tick-nested", "tick-rep-string", "tick-self-modifying", "tick-ring3",
    ])
    func portableReplaysRestoreEveryInterruptAndNothingElse(name: String) async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named(name)))
        let interrupted = try recording.reader.keyframes.count { $0.position == .asynchronous }
        for _ in 0..<Self.repeats {
            let report = try Replay(recording.reader, landing: .portable).result.get()
            #expect(report.epochsJumped == interrupted)
            #expect(report.epochsExecuted == recording.reader.keyframeCount - 1 - interrupted)
            #expect(report.digest == recording.summary.trace?.digest)
        }
    }

    @Test(.enabled(if: canBreakInRealMode, "this host can not stop a guest at a breakpoint"))
    func stateThatIsNeverReachedIsNotLandedOn() throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.record(Self.counter, in: directory)
        let changed = try Self.plantUnreachableStates(in: reader, directory)

        #expect(throws: ReplayError.self) { try Replay(changed, landing: .exact) }
        let report = try Replay(changed).result.get()
        #expect(
            report.epochsJumped == 1,
            "the first interrupt can not be reached; from there on the state is the recorded one"
        )
        #expect(try Replay(reader, landing: .exact).result.get().epochsJumped == 0)
    }

    @Test(.enabled(if: canBreakInRealMode, "this host can not stop a guest at a breakpoint"))
    func landingIsBoundedWhenAllSharedThreadsAreBusy() throws {
        let directory = try TemporaryDirectory()
        let changed = try Self.plantUnreachableStates(in: Self.record(Self.counter, in: directory), directory)
        let isDone = Atomic(false)
        for _ in 0..<64 {
            DispatchQueue.global().async { while !isDone.load(ordering: .relaxed) {} }
        }
        defer { isDone.store(true, ordering: .relaxed) }

        #expect(try Replay(changed).result.get().epochsJumped == 1)
    }

    /// A copy of a recording of ``counter`` in which the guest reads another byte, so that it reaches none of the states in
    /// which it was interrupted.
    private static func plantUnreachableStates(
        in reader: TraceReader,
        _ directory: borrowing TemporaryDirectory
    ) throws -> TraceReader {
        let planted = directory.file("planted.rrvm")
        try reader.copy(to: planted) { recorded in
            guard case .portRead(var access) = recorded.event, access.port == Port(0x61) else { return recorded }
            var changed = recorded
            access.value ^= 1
            changed.event = .portRead(access)
            return changed
        }
        return try TraceReader(path: planted)
    }

    /// Keeps a byte read from port 0x61 in memory, then counts in memory until five ticks of the PIT have come.
    private static let counter: [UInt8] = [
        0x31, 0xC0,  // xor ax, ax
        0x8E, 0xD8,  // mov ds, ax
        0xE4, 0x61,  // in al, 0x61
        0xA2, 0x00, 0x06,  // mov [0x600], al
        0xC7, 0x06, 0x20, 0x00, 0x45, 0x7C,  // mov word [0x20], handler
        0xC7, 0x06, 0x22, 0x00, 0x00, 0x00,  // mov word [0x22], 0
        0xB0, 0x11, 0xE6, 0x20,  // the first 8259: ICW1,
        0xB0, 0x08, 0xE6, 0x21,  // vectors from 8,
        0xB0, 0x04, 0xE6, 0x21,  // a second one at line 2,
        0xB0, 0x01, 0xE6, 0x21,  // 8086 mode,
        0xB0, 0xFE, 0xE6, 0x21,  // and all lines masked but the timer's
        0xB0, 0x34, 0xE6, 0x43,  // the 8254: counter 0, mode 2,
        0x30, 0xC0, 0xE6, 0x40, 0xB0, 0x20, 0xE6, 0x40,  // 8192 ticks, 6.9 ms
        0xFB,  // sti
        0xFF, 0x06, 0x04, 0x06,  // loop: inc word [0x604]
        0x80, 0x3E, 0x02, 0x06, 0x05,  // cmp byte [0x602], 5
        0x72, 0xF5,  // jb loop
        0x30, 0xC0, 0xE6, 0xF4,  // exit with 0
        0xFE, 0x06, 0x02, 0x06,  // handler: inc byte [0x602]
        0x50, 0xB0, 0x20, 0xE6, 0x20, 0x58,  // end of interrupt
        0xCF,  // iret
    ]

    private static func record(_ code: [UInt8], in directory: borrowing TemporaryDirectory) throws -> TraceReader {
        let path = directory.file("counter.rrvm")
        let configuration = try MachineConfiguration(
            memorySize: 1 << 20,
            image: GuestImage(bytes: code, bootProtocol: .flat),
            profile: .baseline
        )
        let summary = try Session.record(
            configuration,
            guest: TraceHeader.Guest(name: "counter", options: [], imageSize: 0, imageDigest: .zero),
            recorder: "tests",
            to: path,
            setup: RunSetup(limits: RunLimits(seconds: 30), date: 0)
        )
        #expect(summary.outcome == .exited(code: 0))
        return try TraceReader(path: path)
    }
}
