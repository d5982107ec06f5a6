import Devices
import Engine
import Machine
import Platform
import Testing
import TraceFormat
import X86

@testable import Recorder

/// What stops a guest that goes from access to access, however long nothing was due before.
@Suite struct RunnerHorizonTests {
    private static let exit = ScriptedProcessor.Step.exit(.portWrite(ScriptedBoard.exitPort, .byte, value: 0))
    private static let event = ScriptedProcessor.Step.exit(.portWrite(ScriptedBoard.eventPort, .byte, value: 0))

    /// What became of a run.
    private struct Result {
        var outcome: Outcome
        var events: [Event]
        var progress: UInt64
    }

    /// - Parameter prepare: changes the set-up and the board, and may keep what is to be used while the guest runs.
    private func run(
        _ steps: [ScriptedProcessor.Step],
        limits: RunLimits = RunLimits(),
        keyframes: KeyframePolicy = KeyframePolicy(nanoseconds: nil, events: nil),
        into sink: CollectingSink = CollectingSink(),
        clock: ClockPolicy = .real,
        prepare: (RunSetup, inout ScriptedBoard) -> Void = { _, _ in }
    ) throws -> Result {
        var setup = RunSetup(limits: limits, date: 0, keyframes: keyframes)
        setup.clock = clock
        var board = ScriptedBoard()
        prepare(setup, &board)
        var runner = Runner(processor: try ScriptedProcessor(steps), board: board, sink: sink, setup: setup)
        let outcome = try runner.run()
        return Result(outcome: outcome, events: runner.sink.events, progress: setup.progress.events)
    }

    /// Accesses of all kinds.
    private func accesses(_ count: Int) -> [ScriptedProcessor.Step] {
        let kinds: [Exit] = [
            .portRead(Port(1), .byte), .portWrite(Port(1), .word, value: 2),
            .memoryRead(GuestPhysicalAddress(0x10_0000), length: 4), .portRead(Port(1), .doubleword),
        ]
        return (0..<count).map { .exit(kinds[$0 % kinds.count]) }
    }

    @Test(arguments: [1, 2, 255, 256, 257, 300, 1000])
    func aLimitOfEventsIsExact(limit: UInt64) throws {
        let result = try run(accesses(2000) + [Self.exit], limits: RunLimits(events: limit))

        #expect(result.outcome == .stopped(.eventLimit))
        // The state at the end comes on top.
        #expect(result.events.count == Int(limit) + 1)
        #expect(result.progress == limit)
    }

    @Test(arguments: [1, 7, 256, 300])
    func keyframesComeAfterTheirNumberOfEvents(interval: UInt64) throws {
        let result = try run(
            accesses(1000) + [Self.exit],
            keyframes: KeyframePolicy(nanoseconds: nil, events: interval)
        )

        let places = result.events.indices.filter { result.events[$0].kind == .keyframe }.dropLast()
        #expect(places.elementsEqual(stride(from: 0, to: result.events.count - 1, by: Int(interval) + 1)))
        #expect(places.count >= 1000 / (Int(interval) + 1))
    }

    @Test func aSinkThatFailsOrIsFullStopsTheGuestSoon() throws {
        var failing = CollectingSink()
        failing.failsAt = 700
        let failed = try run(accesses(5000) + [Self.exit], into: failing)
        #expect(failed.outcome == .hostLimit("\(TraceError.noThread(errno: 11))"))
        #expect((700..<1000).contains(failed.events.count))

        var growing = CollectingSink()
        growing.eventSize = 10
        let full = try run(accesses(5000) + [Self.exit], limits: RunLimits(bytes: 7000), into: growing)
        #expect(full.outcome == .stopped(.sizeLimit))
        #expect((700..<1000).contains(full.events.count))
    }

    @Test(arguments: [ClockPolicy.real, .virtual])
    func aRequestStopsTheGuestAtItsNextExit(clock: ClockPolicy) throws {
        let result = try run(accesses(10) + [Self.event] + accesses(10) + [Self.exit], clock: clock) { setup, board in
            board.event = { [stop = setup.stop] in stop.request(.interrupted) }
        }

        #expect(result.outcome == .stopped(.interrupted))
        #expect(result.events.count == 1 + 11 + 1)
    }

    @Test func inputComesBehindTheExitAtWhichItArrives() throws {
        let makeRoom = ScriptedProcessor.Step.exit(.portWrite(ScriptedBoard.roomPort, .byte, value: 2))

        let result = try run(accesses(8) + [makeRoom] + accesses(8) + [Self.event] + accesses(8) + [Self.exit]) {
            setup,
            board in
            board.event = { [input = setup.input] in input.send(Array("ab".utf8)) }
        }

        #expect(result.events[1 + 8 + 1 + 8 + 1] == .deviceWrite(address: GuestPhysicalAddress(0), bytes: [97, 98]))
    }

    @Test func anInterruptComesBehindTheAccessThatRequestsIt() throws {
        let request = ScriptedProcessor.Step.exit(.portWrite(ScriptedBoard.interruptPort, .byte, value: 1))

        let result = try run(accesses(9) + [request] + accesses(9) + [request] + accesses(9) + [Self.exit])

        let places = result.events.indices.filter { result.events[$0].kind == .interrupt }
        #expect(places == [1 + 9 + 1, 1 + 9 + 2 + 9 + 1])
    }

    @Test func aDeadlineThatAnAccessSetsStopsTheGuest() throws {
        let write = ScriptedProcessor.Step.exit(.portWrite(ScriptedBoard.writePort, .byte, value: 0))

        // The device writes to memory as soon as it can, without an interrupt.
        let result = try run(accesses(20) + [write] + accesses(20) + [Self.exit])

        #expect(result.events[1 + 20 + 1].kind == .deviceWrite)
    }
}
