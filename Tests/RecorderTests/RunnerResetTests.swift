import Engine
import GuestMemory
import Machine
import Platform
import Testing
import TraceFormat
import X86

@testable import Recorder

/// What a run does when its guest resets the machine, with a processor and a board that follow a script.
@Suite struct RunnerResetTests {
    private static let exit = Exit.portWrite(ScriptedBoard.exitPort, .byte, value: 0)
    private static let reset = Exit.portWrite(ScriptedBoard.resetPort, .byte, value: 1)
    private static let reloadedByte: UInt8 = 0x90

    /// What became of a run.
    private struct Result {
        var outcome: Outcome
        var events: [Event]
        var boardResets: Int
        /// The guest's first byte, and one that is none of its image.
        var memory: [UInt8]
    }

    private func run(_ steps: [ScriptedProcessor.Step], resets: Bool = true, events: UInt64? = nil) throws -> Result {
        var setup = RunSetup(
            limits: RunLimits(events: events),
            date: 0,
            keyframes: KeyframePolicy(nanoseconds: nil, events: nil)
        )
        setup.resets = resets
        let processor = try ScriptedProcessor(steps)
        try processor.memory.write([1], at: GuestPhysicalAddress(0x7C00))
        try processor.memory.write([2], at: GuestPhysicalAddress(0x6000))
        var options = BootOptions()
        options.address = 0x7C00
        var runner = Runner(
            processor: processor,
            board: ScriptedBoard(),
            sink: CollectingSink(),
            setup: setup,
            reloading: try MachineConfiguration(
                memorySize: 1 << 20,
                image: GuestImage(bytes: [Self.reloadedByte], bootProtocol: .flat, options: options),
                profile: .baseline
            )
        )
        let outcome = try runner.run()
        let memory = try [0x7C00, 0x6000].map { address in
            try runner.processor.memory.read(at: GuestPhysicalAddress(address), count: 1)[0]
        }
        return Result(
            outcome: outcome,
            events: runner.sink.events,
            boardResets: runner.board.resets,
            memory: memory
        )
    }

    @Test func aResetIsAStateThatIsReachedAndOneThatIsPutInPlace() throws {
        let result = try run([.exit(Self.reset), .exit(Self.exit)])

        #expect(result.outcome == .exited(code: 0))
        #expect(result.events.map(\.kind) == [.keyframe, .portWrite, .keyframe, .keyframe, .portWrite, .keyframe])
        #expect(result.events[2...3] == [.keyframe(number: 1, .synchronous), .keyframe(number: 2, .reset)])
        #expect(result.boardResets == 1)
    }

    @Test func theGuestIsLoadedAgainAndOtherMemoryStays() throws {
        let result = try run([.exit(Self.reset), .exit(Self.exit)])

        #expect(result.memory == [Self.reloadedByte, 2])
    }

    @Test func aShutdownResetsAndIsAnEvent() throws {
        let result = try run([.exit(.tripleFault), .exit(Self.exit)])

        let keyframes: [Event] = [.keyframe(number: 1, .synchronous), .keyframe(number: 2, .reset)]
        #expect(Array(result.events[1...3]) == [.tripleFault] + keyframes)
    }

    @Test func theInstructionThatResetsComesToItsEndFirst() throws {
        let result = try run([.half(Self.reset), .exit(Self.reset), .exit(Self.exit)])

        #expect(
            result.events.map(\.kind) == [
                .keyframe, .portWrite, .portWrite, .keyframe, .keyframe, .portWrite, .keyframe,
            ]
        )
        #expect(result.boardResets == 1)
    }

    @Test(arguments: [(Self.reset, Outcome.reset), (Exit.tripleFault, .tripleFault)])
    func withoutResetsTheRunEnds(exit: Exit, outcome: Outcome) throws {
        let result = try run([.exit(exit)], resets: false)

        #expect(result.outcome == outcome)
        #expect(result.boardResets == 0 && !result.events.contains(.tripleFault))
    }

    @Test func aGuestThatResetsForEverIsStoppedByALimit() throws {
        let result = try run([ScriptedProcessor.Step](repeating: .exit(Self.reset), count: 100), events: 20)

        #expect(result.outcome == .stopped(.eventLimit))
    }
}
