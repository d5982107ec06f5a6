import ByteCoding
import Dispatch
import EndToEnd
import Engine
import GuestImages
import KVMEngine
import Machine
import Platform
import Recorder
import Replayer
import Synchronization
import SystemPackage
import Testing
import TraceFormat
import X86

/// Replays of guests that were interrupted between two exits.
@Suite(.needsKVM) struct LandingTests {
    /// The guests that are interrupted where it is hard to come to, of which a quick run of the tests takes those that run in
    /// real mode and land soon.
    private static let ticked = TestGuest.included.filter { guest in
        guest.isTicked && (SlowTests.areIncluded || quick.contains(guest.description))
    }
    private static let quick: Set = ["tick-after-pio", "tick-nmi-only", "tick-self-modifying"]
    private static let repeats = SlowTests.areIncluded ? 50 : 1
    private static let canStopInRealMode = HostProbe.canStop(in: .real)

    @Test(arguments: ticked)
    func everyInterruptIsLandedOnByExecutingWhereTheHostCanStop(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)
        let unreachable = try recording.reader.interruptedModes().values.count { !HostProbe.canStop(in: $0) }
        // One executed replay of a slow guest has more landings than fifty of another, and takes minutes.
        for _ in 0..<(guest.isSlow ? 1 : Self.repeats) {
            let report = try Replay(recording.reader).result.get()
            #expect(report.jumps == (unreachable > 0 ? [.hostCannotStop: unreachable] : [:]))
            #expect(report.epochsExecuted == recording.reader.keyframeCount - 1 - unreachable)
            #expect(report.digest == recording.summary.trace?.digest)
        }
    }

    @Test(arguments: TestGuest.included.filter(\.isTicked))
    func portableReplaysRestoreEveryInterruptAndNothingElse(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)
        let interrupted = try recording.reader.keyframes.count { $0.position == .asynchronous }
        for _ in 0..<Self.repeats {
            let report = try Replay(recording.reader, landing: .portable).result.get()
            #expect(report.jumps == (interrupted > 0 ? [.asked: interrupted] : [:]))
            #expect(report.epochsExecuted == recording.reader.keyframeCount - 1 - interrupted)
            #expect(report.digest == recording.summary.trace?.digest)
        }
    }

    @Test(.enabled(if: canStopInRealMode, "this host cannot stop a guest at a breakpoint"))
    func stateThatIsNotReachedInTimeIsJumpedToAndSaysSo() throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.record(Self.counter(), in: directory)
        let changed = try Self.plantUnreachableStates(in: reader, directory)

        #expect(throws: ReplayError.self) { try Replay(changed, landing: .exact) }
        let report = try Replay(changed).result.get()
        #expect(
            report.jumps == [.notReached: 1],
            "the first interrupt cannot be reached; from there on the state is the recorded one"
        )
        #expect(report.epochsUnproved == 1)
        #expect(report.epochs.filter { $0.ending == .unproved }.map(\.number) == [0])
        #expect(try Replay(changed, landing: .portable).result.get().epochsUnproved == 0)
        #expect(try Replay(reader, landing: .exact).result.get().epochsJumped == 0)
    }

    /// What the guest does on its way to the first interrupt when it has read another byte than in the recording.
    private static let deeds: [(name: String, code: [UInt8], actual: String)] = [
        ("port write", [0xE6, 0x80], "to port 0x80"),  // out 0x80, al
        ("port read", [0xE4, 0x80], "from port 0x80"),  // in al, 0x80
        ("halt", [0xF4], "HLT"),
        ("write to its end", [0xE6, 0xF4], "to port 0xf4"),  // out 0xf4, al
        (
            "triple fault",
            [
                0x0F, 0x01, 0x1E, 0x10, 0x06,  // lidt [0x610], which is zero
                0x0F, 0x20, 0xC0,  // mov eax, cr0
                0x0C, 0x01,  // or al, 1
                0x0F, 0x22, 0xC0,  // mov cr0, eax
                0x0F, 0x0B,  // ud2
            ],
            "triple fault"
        ),
    ]

    @Test(.enabled(if: canStopInRealMode, "this host cannot stop a guest at a breakpoint"), arguments: deeds.indices)
    func anExitOnTheWayToAnInterruptIsADivergence(deed: Int) throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.record(Self.counter(whenOdd: Self.deeds[deed].code), in: directory)
        let changed = try Self.plantUnreachableStates(in: reader, directory)
        let first = try #require(try reader.keyframes.first { $0.position == .asynchronous })

        for landing in [Landing.auto, .exact] {
            let divergence = try #require(try Replay(changed, landing: landing).divergence)
            #expect(divergence.moment.event == first.event)
            #expect(divergence.actual.contains(Self.deeds[deed].actual), "\(divergence.actual)")
            #expect(!divergence.state.isEmpty || Self.deeds[deed].actual == "triple fault")
        }
    }

    @Test(.enabled(if: canStopInRealMode, "this host cannot stop a guest at a breakpoint"))
    func landingIsBoundedWhenAllSharedThreadsAreBusy() throws {
        let directory = try TemporaryDirectory()
        let changed = try Self.plantUnreachableStates(in: Self.record(Self.counter(), in: directory), directory)
        let isDone = Atomic(false)
        for _ in 0..<64 {
            DispatchQueue.global().async { while !isDone.load(ordering: .relaxed) {} }
        }
        defer { isDone.store(true, ordering: .relaxed) }

        #expect(try Replay(changed).result.get().jumps == [.notReached: 1])
    }

    @Test(.enabled(if: canStopInRealMode, "this host cannot stop a guest at a breakpoint"))
    func stateThatIsNotReachedIsLeftAsideWhereTheGuestIsGivenNothingBeforeItsNextExit() throws {
        let directory = try TemporaryDirectory()
        let every = KeyframePolicy(nanoseconds: 20_000_000, events: nil)
        let reader = try Self.record(
            Self.silentCounter(rounds: Self.moreThanALandingLooksAt),
            keyframes: every,
            in: directory
        )
        let changed = try Self.plantUnreachableStates(in: reader, directory)
        let between = try reader.keyframes.count { $0.position == .asynchronous }

        let report = try Replay(changed).result.get()

        #expect(between > 1)
        #expect(report.keyframesPassed == between)
        #expect(report.jumps == [:])
        #expect(report.digest == (try reader.keyframes.last?.digest))
        var alone = try KVMReplaySession(changed)
        #expect(try alone.run(epochs: 0..<1).get().jumps == [.notReached: 1], "its end is all there is to compare")
    }

    @Test(.enabled(if: canStopInRealMode, "this host cannot stop a guest at a breakpoint"))
    func noStateThatIsReachedIsLeftAside() throws {
        let directory = try TemporaryDirectory()
        let every = KeyframePolicy(nanoseconds: 20_000_000, events: nil)
        let reader = try Self.record(Self.silentCounter(rounds: 0x8000), keyframes: every, in: directory)

        let report = try Replay(reader).result.get()

        #expect(report.keyframesPassed == 0)
        #expect(report.epochsExecuted == reader.keyframeCount - 1)
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
    ///
    /// - Parameter deed: what it does in every round if that byte is odd, which it is not in a recording; at most 100 bytes.
    private static func counter(whenOdd deed: [UInt8] = []) -> [UInt8] {
        let setUp: [UInt8] = [
            0x31, 0xC0,  // xor ax, ax
            0x8E, 0xD8,  // mov ds, ax
            0xE4, 0x61,  // in al, 0x61
            0xA2, 0x00, 0x06,  // mov [0x600], al
            0xC7, 0x06, 0x20, 0x00, 0x00, 0x7D,  // mov word [0x20], handler
            0xC7, 0x06, 0x22, 0x00, 0x00, 0x00,  // mov word [0x22], 0
            0xB0, 0x11, 0xE6, 0x20,  // the first 8259: ICW1,
            0xB0, 0x08, 0xE6, 0x21,  // vectors from 8,
            0xB0, 0x04, 0xE6, 0x21,  // a second one at line 2,
            0xB0, 0x01, 0xE6, 0x21,  // 8086 mode,
            0xB0, 0xFE, 0xE6, 0x21,  // and all lines masked but the timer's
            0xB0, 0x34, 0xE6, 0x43,  // the 8254: counter 0, mode 2,
            0x30, 0xC0, 0xE6, 0x40, 0xB0, 0x20, 0xE6, 0x40,  // 8192 ticks, 6.9 ms
            0xFB,  // sti
        ]
        let round: [UInt8] =
            [
                0xFF, 0x06, 0x04, 0x06,  // loop: inc word [0x604]
                0xF6, 0x06, 0x00, 0x06, 0x01,  // test byte [0x600], 1
                0x74, UInt8(deed.count),  // jz past the deed
            ] + deed + [0x80, 0x3E, 0x02, 0x06, 0x05]  // cmp byte [0x602], 5
        let end: [UInt8] = [
            0x72, UInt8(truncatingIfNeeded: -(round.count + 2)),  // jb loop
            0x30, 0xC0, 0xE6, 0xF4,  // exit with 0
        ]
        let handler: [UInt8] = [
            0xFE, 0x06, 0x02, 0x06,  // handler, at 0x7D00: inc byte [0x602]
            0x50, 0xB0, 0x20, 0xE6, 0x20, 0x58,  // end of interrupt
            0xCF,  // iret
        ]
        let code = setUp + round + end
        return code + [UInt8](repeating: 0x90, count: 0x100 - code.count) + handler
    }

    /// A landing gives up before it has looked at the guest so often.
    private static let moreThanALandingLooksAt: UInt32 = 0x8_0000

    /// Keeps a byte read from port 0x61 in memory, counts there for a while without an exit, and forgets the byte.
    private static func silentCounter(rounds: UInt32) -> [UInt8] {
        let count = (0..<4).map { UInt8(truncatingIfNeeded: rounds >> (8 * $0)) }
        let setUp: [UInt8] = [
            0x31, 0xC0,  // xor ax, ax
            0x8E, 0xD8,  // mov ds, ax
            0xE4, 0x61,  // in al, 0x61
            0xA2, 0x00, 0x06,  // mov [0x600], al
            0x66, 0xB9,  // mov ecx, the rounds
        ]
        let loop: [UInt8] = [
            0xFF, 0x06, 0x04, 0x06,  // loop: inc word [0x604]
            0x66, 0x49,  // dec ecx
            0x75, 0xF8,  // jnz loop
            0x30, 0xC0,  // xor al, al
            0xA2, 0x00, 0x06,  // mov [0x600], al
            0xE6, 0xF4,  // exit with 0
        ]
        return setUp + count + loop
    }

    private static func record(
        _ code: [UInt8],
        keyframes: KeyframePolicy = KeyframePolicy(),
        in directory: borrowing TemporaryDirectory
    ) throws -> TraceReader {
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
            to: [path],
            setup: RunSetup(limits: RunLimits(seconds: 30), date: 0, keyframes: keyframes)
        )
        #expect(summary.outcome == .exited(code: 0))
        return try TraceReader(path: path)
    }
}
