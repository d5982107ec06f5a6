internal import Devices
internal import Engine
internal import Engines
internal import GuestMemory
internal import Machine
internal import Platform
internal import RecordedMachine
internal import SystemPackage
internal import TraceFormat
internal import X86

extension Session {
    /// Records a run that starts like a recorded one, with separate devices, and receives the inputs of a plan.
    ///
    /// Time passes as with ``ClockPolicy/virtual``. The result is an ordinary recording.
    ///
    /// - Parameters:
    ///   - reader: the recorded run, from its beginning, on a PC.
    ///   - path: where the trace goes. Nothing may exist there.
    ///   - setup: the set-up. Its clock, input, script and chaos are not used.
    static func record(
        startOf reader: TraceReader,
        plan: InputPlan,
        recorder: String,
        to path: FilePath,
        setup: RunSetup
    ) throws(RecorderError) -> RunSummary {
        try setup.engine.perform(Planned(reader: reader, plan: plan, recorder: recorder, path: path, setup: setup))
    }

    /// A recording that follows a plan, on any engine's processors.
    private struct Planned: EngineTask {
        let reader: TraceReader
        let plan: InputPlan
        let recorder: String
        let path: FilePath
        let setup: RunSetup

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(RecorderError) -> RunSummary {
            try record(startOf: reader, plan: plan, recorder: recorder, to: path, setup: setup, on: engine)
        }
    }

    private static func record<P: EngineProcessor & ~Copyable>(
        startOf reader: TraceReader,
        plan: InputPlan,
        recorder: String,
        to path: FilePath,
        setup: RunSetup,
        on engine: P.Type
    ) throws(RecorderError) -> RunSummary {
        var header = reader.header
        header.recorder = recorder
        header.chaosSeed = nil
        header.setup.clock = .virtual
        let start: Keyframe
        let sink: RecordingSink
        do {
            start = try reader.keyframe(0)
            sink = try RecordingSink(
                path: path,
                header: header,
                symbols: reader.symbols(),
                sync: setup.sync,
                ring: nil
            )
        } catch {
            throw .trace(error)
        }
        let processor: P = try processor(startOf: header, start)
        let board = PCBoard(BoardSetup(startOf: header, setup), memory: processor.memory)
        var runner = Runner(
            processor: processor,
            board: board,
            sink: sink,
            setup: setup,
            discovery: header.discovery
        )
        runner.follow(plan)
        let outcome: Outcome
        do {
            outcome = try runner.run()
        } catch {
            runner.finish().abandon()
            throw .engine(error)
        }
        var summary = RunSummary(
            outcome: outcome,
            events: runner.sink.eventCount,
            seconds: runner.seconds,
            completedInstructions: runner.processor.completed,
            readLeaves: runner.processor.readLeaves
        )
        summary.trace = runner.finish().finish(summary).trace
        return summary
    }

    /// A processor in the first state of a recorded run.
    private static func processor<P: EngineProcessor & ~Copyable>(
        startOf header: TraceHeader,
        _ start: Keyframe
    ) throws(RecorderError) -> P {
        do {
            var processor = try P.make(recordedIn: header, keeping: start.state)
            try processor.restore(start.state)
            var memory = start.memory
            for address in try memory.pages(thatMayDifferFrom: nil) {
                try processor.memory.write(memory.page(at: address), at: address)
            }
            return processor
        } catch let error as EngineError {
            throw .engine(error)
        } catch let error as MemoryError {
            throw .engine(.memory(error))
        } catch let error as TraceError {
            throw .trace(error)
        } catch {
            preconditionFailure("nothing above throws anything else: \(error)")
        }
    }
}

extension TraceHeader {
    /// Finds hidden reads in code that appears later, as during the recording.
    fileprivate var discovery: CodeDiscovery? {
        CodeDiscovery(trapping: trapped, basePort: trapBasePort)
    }
}

extension BoardSetup {
    /// The board of a recorded run in its state at the start, with the drives of another set-up.
    fileprivate init(startOf header: TraceHeader, _ setup: RunSetup) {
        self.init(
            memorySize: header.machine.memory.filter { !$0.isReadOnly }.reduce(0) { $0 + $1.size },
            date: WallClock(secondsSince1970: setup.clockDate ?? header.creationTime),
            cpuid: header.processor.cpuid,
            drives: setup.drives,
            files: setup.files,
            isSetUp: !header.setup.startsInFirmware,
            showsFirmwareLog: setup.showsFirmwareLog,
            randomness: { UInt64.random(in: .min ... .max) }
        )
    }
}
