import Devices
import Engine
import Machine
import Platform
import Testing
import TraceFormat
import X86

@testable import Recorder

/// When a run interrupts its guest and records its state, with a processor and a board that follow a script.
@Suite struct RunnerTests {
    private static let exit = Exit.portWrite(ScriptedBoard.exitPort, .byte, value: 0)

    /// What became of a run.
    private struct Result {
        var outcome: Outcome
        var actions: [ScriptedProcessor.Action]
        var events: [Event]
    }

    private func run(
        _ steps: [ScriptedProcessor.Step],
        on board: ScriptedBoard = ScriptedBoard(),
        canTakeInterrupt: Bool = true,
        blockedRuns: Int = 0,
        keyframes: KeyframePolicy = KeyframePolicy(nanoseconds: nil, events: nil),
        chaosSeed: UInt64? = nil,
        typed: String = "",
        clock: ClockPolicy = .real,
        plan: [PlannedInput]? = nil
    ) throws -> Result {
        var setup = RunSetup(
            limits: RunLimits(),
            date: 0,
            graceNanoseconds: 1_000_000,
            keyframes: keyframes,
            chaosSeed: chaosSeed
        )
        setup.input.send(Array(typed.utf8))
        setup.clock = clock
        var runner = Runner(
            processor: try ScriptedProcessor(steps, canTakeInterrupt: canTakeInterrupt, blockedRuns: blockedRuns),
            board: board,
            sink: CollectingSink(),
            setup: setup
        )
        runner.plan = plan.map(PlanFollower.init)
        let outcome = try runner.run()
        return Result(outcome: outcome, actions: runner.processor.actions, events: runner.sink.events)
    }

    private func interruptWrite(_ value: UInt32) -> Exit {
        .portWrite(ScriptedBoard.interruptPort, .byte, value: value)
    }

    @Test func anInterruptThatIsWithdrawnWithdrawsItsWindow() throws {
        let result = try run(
            [.exit(interruptWrite(1)), .silence, .exit(interruptWrite(0)), .exit(Self.exit)],
            canTakeInterrupt: false
        )

        let requests = result.actions.filter { $0 == .requestedWindow(true) || $0 == .requestedWindow(false) }
        #expect(requests.contains(.requestedWindow(true)))
        #expect(requests.last == .requestedWindow(false))
        #expect(result.outcome == .exited(code: 0))
    }

    @Test func aNonMaskableInterruptStopsAGuestThatTakesNoOther() throws {
        var board = ScriptedBoard()
        board.interruptRequested = true
        board.nonMaskableTime = MachineTime(nanoseconds: 30_000_000)

        let result = try run([.silence, .silence, .exit(Self.exit)], on: board, canTakeInterrupt: false)

        let taken = result.actions.filter { $0 == .injectedNonMaskable || $0 == .ran(.kicked) || $0 == .ran(Self.exit) }
        #expect(taken == [.ran(.kicked), .ran(.kicked), .injectedNonMaskable, .ran(Self.exit)])
        #expect(
            Array(result.events.dropFirst()).starts(with: [.keyframe(number: 1, .asynchronous), .nonMaskableInterrupt])
        )
    }

    @Test func aNonMaskableInterruptWaitsForTheEndOfTheHandlerOfTheOneBefore() throws {
        var board = ScriptedBoard()
        board.nonMaskableInterruptRequested = true
        let write = Exit.portWrite(Port(0x80), .byte, value: 0)

        let result = try run(
            [.exit(write), .silence, .silence, .exit(write), .exit(Self.exit)],
            on: board,
            canTakeInterrupt: false,
            blockedRuns: 3
        )

        let actions = result.actions.filter { $0 != .requestedWindow(false) }
        #expect(
            actions == [
                .ran(write), .ran(.kicked), .ran(.kicked), .injectedNonMaskable, .ran(write), .ran(Self.exit),
            ]
        )
        #expect(result.events.map(\.kind).dropFirst(2).prefix(2) == [.keyframe, .nonMaskableInterrupt])
    }

    @Test(arguments: UInt64(0)..<64)
    func haltEndsWithItsInterruptWhateverChaosSays(seed: UInt64) throws {
        var board = ScriptedBoard()
        // On the host's clock it might come before a busy host gets to HLT, which then would never end.
        board.interruptTime = MachineTime(nanoseconds: 1_000_000_000)

        let result = try run([.exit(.halt), .exit(Self.exit)], on: board, chaosSeed: seed, clock: .virtual)

        let actions = result.actions.filter { $0 != .requestedWindow(false) }
        #expect(actions == [.ran(.halt), .injected(ScriptedBoard.vector), .ran(Self.exit)])
    }

    @Test func haltWithInterruptsOffEndsWithANonMaskableInterruptAndNoOther() throws {
        var board = ScriptedBoard()
        board.interruptTime = MachineTime(nanoseconds: 1_000_000_000)
        board.nonMaskableTime = MachineTime(nanoseconds: 2_000_000_000)

        let result = try run([.exit(.halt), .exit(Self.exit)], on: board, canTakeInterrupt: false, clock: .virtual)

        let actions = result.actions.filter { $0 == .injectedNonMaskable || $0 == .ran(.halt) || $0 == .ran(Self.exit) }
        #expect(actions == [.ran(.halt), .injectedNonMaskable, .ran(Self.exit)])
        #expect(!result.actions.contains(.injected(ScriptedBoard.vector)))
    }

    @Test func haltWithInterruptsOffIsTheEndWhereNoNonMaskableInterruptCanCome() throws {
        var board = ScriptedBoard()
        board.interruptTime = MachineTime(nanoseconds: 1_000_000_000)

        let result = try run([.exit(.halt)], on: board, canTakeInterrupt: false, clock: .virtual)

        #expect(result.outcome == .halted)
    }

    @Test func haltInTheHandlerOfANonMaskableInterruptIsTheEnd() throws {
        var board = ScriptedBoard()
        board.nonMaskableTime = MachineTime(nanoseconds: 1_000_000_000)

        let result = try run(
            [.exit(.halt)],
            on: board,
            canTakeInterrupt: false,
            blockedRuns: 9,
            clock: .virtual
        )

        #expect(result.outcome == .halted)
    }

    /// Some hosts push the flag by which they step when an interrupt is delivered.
    @Test(arguments: [true, false])
    func nothingIsSteppedWhileAnInterruptIsOnItsWay(isInterrupted: Bool) throws {
        var board = ScriptedBoard()
        board.nonMaskableInterruptRequested = isInterrupted
        // The guest stands at the place, in another state.
        let place = PlannedInput.Place(address: GuestVirtualAddress(0), registers: [1, 0, 2])

        let result = try run(
            [.exit(.debug), .exit(Self.exit)],
            on: board,
            plan: [PlannedInput(kind: .interrupt(place), anchor: nil)]
        )

        let executed = result.actions.filter { $0 != .requestedWindow(false) }
        let interrupted: [ScriptedProcessor.Action] = [.injectedNonMaskable, .ran(.debug), .stepped(Self.exit)]
        #expect(executed == (isInterrupted ? interrupted : [.stepped(.debug), .stepped(Self.exit)]))
    }

    @Test func stateIsRecordedBetweenTwoExitsWhenNoExitComes() throws {
        let policy = KeyframePolicy(nanoseconds: 20_000_000, events: nil)

        let result = try run([.silence, .exit(Self.exit)], keyframes: policy)

        #expect(result.events.count == 4)
        #expect(result.events.prefix(2) == [.keyframe(number: 0, .synchronous), .keyframe(number: 1, .asynchronous)])
    }

    @Test func stateIsRecordedOnceWhereAnInterruptComesWithIt() throws {
        var board = ScriptedBoard()
        (board.interruptTime, board.nonMaskableTime) = (
            MachineTime(nanoseconds: 0), MachineTime(nanoseconds: 20_000_000)
        )

        let result = try run([.exit(interruptWrite(1)), .silence, .exit(Self.exit)], on: board)

        #expect(result.events.count { $0.kind == .keyframe } == 3)
    }

    @Test func whatADeviceWritesInTheMiddleOfAnInstructionComesAtItsEnd() throws {
        let first = Exit.memoryWrite(GuestPhysicalAddress(0x10_0000), length: 4, value: 1)
        let second = Exit.memoryWrite(GuestPhysicalAddress(0x10_0004), length: 4, value: 2)

        let result = try run([.half(first), .exit(second), .exit(Self.exit)])

        #expect(
            result.events.map(\.kind) == [.keyframe, .memoryWrite, .memoryWrite, .deviceWrite, .portWrite, .keyframe]
        )
    }

    @Test func inputThatGoesIntoMemoryComesRightBehindAnExit() throws {
        let makeRoom = Exit.portWrite(ScriptedBoard.roomPort, .byte, value: 2)

        let result = try run([.exit(makeRoom), .exit(Self.exit)], typed: "abc")

        #expect(result.events.map(\.kind) == [.keyframe, .portWrite, .deviceWrite, .portWrite, .keyframe])
        #expect(result.events[2] == .deviceWrite(address: GuestPhysicalAddress(0), bytes: Array("ab".utf8)))
    }

    @Test func inputThatGoesIntoMemoryBetweenTwoExitsComesAtARecordedState() throws {
        var board = ScriptedBoard()
        board.roomTime = MachineTime(nanoseconds: 20_000_000)

        let result = try run([.silence, .exit(Self.exit)], on: board, typed: "abc")

        #expect(result.events.map(\.kind) == [.keyframe, .keyframe, .deviceWrite, .portWrite, .keyframe])
        #expect(result.events[1] == .keyframe(number: 1, .asynchronous))
    }

    @Test func whatADeviceWritesByItselfBetweenTwoExitsComesAtARecordedState() throws {
        var board = ScriptedBoard()
        board.writeTime = MachineTime(nanoseconds: 20_000_000)

        let result = try run([.silence, .exit(Self.exit)], on: board)

        #expect(result.events.map(\.kind) == [.keyframe, .keyframe, .deviceWrite, .portWrite, .keyframe])
        #expect(result.events[1] == .keyframe(number: 1, .asynchronous))
        #expect(result.events[2] == .deviceWrite(address: GuestPhysicalAddress(0), bytes: [7]))
    }

    @Test func whatADeviceWritesByItselfWaitsForTheEndOfAnInstruction() throws {
        let first = Exit.portWrite(ScriptedBoard.writePort, .byte, value: 0)

        let result = try run([.half(first), .exit(.portRead(Port(1), .byte)), .exit(Self.exit)])

        #expect(
            result.events.map(\.kind) == [.keyframe, .portWrite, .portRead, .deviceWrite, .portWrite, .keyframe]
        )
    }

    @Test func inputThatGoesIntoMemoryWaitsForTheEndOfAnInstruction() throws {
        let first = Exit.portWrite(ScriptedBoard.roomPort, .byte, value: 8)

        let result = try run([.half(first), .exit(.portRead(Port(1), .byte)), .exit(Self.exit)], typed: "abc")

        #expect(
            result.events.map(\.kind) == [.keyframe, .portWrite, .portRead, .deviceWrite, .portWrite, .keyframe]
        )
    }
}
