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
    /// Records a run that begins like a recorded one, on devices of its own, and is given the inputs of a plan.
    ///
    /// Time passes as with ``ClockPolicy/virtual``. What comes of it is a recording like any other.
    ///
    /// - Parameters:
    ///   - reader: the recorded run, from its beginning, on a PC.
    ///   - path: where the trace goes; nothing must be there.
    ///   - setup: its clock, input, script and chaos are not used.
    static func record(
        startOf reader: TraceReader,
        plan: InputPlan,
        recorder: String,
        to path: FilePath,
        setup: RunSetup
    ) throws(RecorderError) -> RunSummary {
        try setup.engine.perform(Planned(reader: reader, plan: plan, recorder: recorder, path: path, setup: setup))
    }

    /// A recording by a plan, on processors of some engine.
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
            completedInstructions: runner.processor.completed
        )
        summary.trace = runner.finish().finish(summary).trace
        return summary
    }

    /// A processor in a recorded run's first state.
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
    /// What finds hidden reads in code that comes later, as in the recording.
    fileprivate var discovery: CodeDiscovery? {
        CodeDiscovery(trapping: trapped, basePort: trapBasePort)
    }
}

extension BoardSetup {
    /// The board of a recorded run as it was at the start, with the drives of another set-up.
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
