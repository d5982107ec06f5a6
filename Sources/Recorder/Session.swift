internal import Devices
internal import Engine
internal import Engines
public import Machine
internal import Platform
public import SystemPackage
public import TraceFormat
internal import X86

/// Runs a machine from its start to its outcome, with or without a recording.
public enum Session {
    /// Runs without a recording. This is the baseline for measuring the cost of a recording.
    public static func run(
        _ configuration: MachineConfiguration,
        setup: RunSetup
    ) throws(RecorderError) -> RunSummary {
        try setup.engine.perform(Unrecorded(configuration: configuration, setup: setup))
    }

    /// A run without a recording, on any engine's processors.
    private struct Unrecorded: EngineTask {
        let configuration: MachineConfiguration
        let setup: RunSetup

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(RecorderError) -> RunSummary {
            do {
                let processor: P = try prepare(configuration)
                setup.didOpen()
                return try drive(processor, into: TailSink(), configuration, setup) { sink, summary in
                    summary.fault?.events = sink.events
                }
            } catch {
                throw .engine(error)
            }
        }
    }

    /// Runs and records. The trace is created after the machine, so nothing is left behind if the machine cannot be
    /// made.
    ///
    /// - Parameters:
    ///   - guest: what the trace says about the guest.
    ///   - places: where the trace may go. It goes to the first place where nothing exists. Creating the file claims
    ///     the name, so two recorders never use the same one.
    public static func record(
        _ configuration: MachineConfiguration,
        guest: TraceHeader.Guest,
        recorder: String,
        to places: some Sequence<FilePath>,
        setup: RunSetup
    ) throws(RecorderError) -> RunSummary {
        try setup.engine.perform(
            Recorded(
                configuration: configuration,
                guest: guest,
                recorder: recorder,
                places: AnySequence(places),
                setup: setup
            )
        )
    }

    /// A recording, on any engine's processors. It is not generic over the places: the compiler makes copies of a run for
    /// each engine only if nothing else is left open.
    private struct Recorded: EngineTask {
        let configuration: MachineConfiguration
        let guest: TraceHeader.Guest
        let recorder: String
        let places: AnySequence<FilePath>
        let setup: RunSetup

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(RecorderError) -> RunSummary {
            let processor: P
            do { processor = try prepare(configuration) } catch { throw .engine(error) }
            return try record(
                configuration,
                on: processor,
                guest: guest,
                recorder: recorder,
                to: places,
                setup: setup
            )
        }
    }

    /// Runs and records on a processor that is at the guest's first instruction.
    static func record<P: EngineProcessor & ~Copyable>(
        _ configuration: MachineConfiguration,
        on processor: consuming P,
        guest: TraceHeader.Guest,
        recorder: String,
        to places: AnySequence<FilePath>,
        setup: RunSetup
    ) throws(RecorderError) -> RunSummary {
        let cpuid = processor.cpuid
        let header = TraceHeader(
            creationTime: setup.date,
            recorder: recorder,
            host: TraceHeader.Host(HostIdentity.current),
            guest: guest,
            machine: TraceHeader.Machine(
                board: configuration.unikernel == nil ? BoardName.pc : BoardName.unikernel,
                memory: configuration.memoryRegions.map(TraceHeader.MemoryRegion.init)
            ),
            processor: TraceHeader.Processor(
                profile: configuration.profile.name,
                cpuid: cpuid,
                initialXCR0: 1
            ),
            recording: TraceHeader.Recording(
                engine: RecordingEngine(setup.engine),
                processor: .ofThisHost,
                countsInstructions: processor.instructionsRetired != nil
            ),
            setup: TraceHeader.Setup(configuration, setup),
            landing: LandingPolicy(of: processor, setup.keyframes),
            chaosSeed: setup.chaosSeed,
            patches: configuration.headerPatches,
            trapped: configuration.hiddenReads.trapped,
            trapPort: configuration.code.patches.isEmpty ? configuration.code.basePort : nil,
            listsWrittenPages: true,
            notes: configuration.notes(seen: cpuid)
        )
        let sink: RecordingSink
        do {
            let symbols = configuration.traceSymbols
            sink = try firstFree(of: places) { path throws(TraceError) in
                try RecordingSink(path: path, header: header, symbols: symbols, sync: setup.sync, ring: setup.ring)
            }
            setup.progress.place = sink.path
        } catch {
            throw .trace(error)
        }
        setup.didOpen()
        do {
            return try drive(processor, into: sink, configuration, setup) { sink, summary in
                let (trace, lastEvents) = sink.finish(summary)
                summary.trace = trace
                summary.fault?.events = lastEvents
            }
        } catch {
            throw .engine(error)
        }
    }

    /// Calls `make` for the places in order until it finds one where nothing exists yet, and returns the result.
    ///
    /// - Throws: the error from `make`. If something exists at every place, this is the error for the last one.
    private static func firstFree(
        of places: AnySequence<FilePath>,
        _ make: (FilePath) throws(TraceError) -> RecordingSink
    ) throws(TraceError) -> RecordingSink {
        var failure = TraceError.exists(path: FilePath(""))
        for place in places {
            do throws(TraceError) { return try make(place) } catch {
                guard case .exists = error else { throw error }
                failure = error
            }
        }
        throw failure
    }

    /// Runs on the board that suits the guest. `finish` takes the sink at the end.
    private static func drive<P: DebuggableProcessor & ~Copyable, Sink: EventSink & ~Copyable>(
        _ processor: consuming P,
        into sink: consuming Sink,
        _ configuration: MachineConfiguration,
        _ setup: RunSetup,
        finish: (consuming Sink, inout RunSummary) -> Void
    ) throws(EngineError) -> RunSummary {
        let memory = processor.memory
        guard let unikernel = configuration.unikernel else {
            let board = PCBoard(configuration, setup, memory: memory)
            return try drive(processor, on: board, into: sink, configuration, setup, finish: finish)
        }
        let board = HVTBoard(HVTBoardSetup(setup), unikernel, memory: memory)
        return try drive(processor, on: board, into: sink, configuration, setup, finish: finish)
    }

    private static func drive<P: DebuggableProcessor & ~Copyable, B: Board & ~Copyable, Sink: EventSink & ~Copyable>(
        _ processor: consuming P,
        on board: consuming B,
        into sink: consuming Sink,
        _ configuration: MachineConfiguration,
        _ setup: RunSetup,
        finish: (consuming Sink, inout RunSummary) -> Void
    ) throws(EngineError) -> RunSummary {
        var runner = Runner(
            processor: processor,
            board: board,
            sink: sink,
            setup: setup,
            reloading: configuration.unikernel == nil ? configuration : nil,
            discovery: configuration.discovery
        )
        let outcome: Outcome
        do {
            outcome = try runner.run()
        } catch {
            runner.finish().abandon()
            throw error
        }
        var summary = summary(of: &runner, outcome, configuration, showsScreen: setup.showsScreen)
        summary.isLinkClosed = runner.network.isClosed
        if let directory = setup.unikernel.coreDirectory, outcome.leavesCore {
            // If the host no longer gives the state, there is no core file, but the trace is still kept.
            let core = try? UnikernelCore(&runner.processor, cookie: runner.board.cookie)
            summary.core = core?.write(into: directory) ?? .failure(.ioError)
        }
        finish(runner.finish(), &summary)
        return summary
    }

    private static func summary<P: DebuggableProcessor & ~Copyable, B: Board & ~Copyable, Sink: EventSink & ~Copyable>(
        of runner: inout Runner<P, B, Sink>,
        _ outcome: Outcome,
        _ configuration: MachineConfiguration,
        showsScreen: Bool
    ) -> RunSummary {
        let seconds = runner.seconds
        // A trace that could not be written is not the guest's fault. If the host no longer even gives the state, there
        // is an outcome but no report.
        let fault =
            runner.sink.failure == nil
            ? try? FaultReport(outcome, &runner.processor, symbols: configuration.symbols) : nil
        return RunSummary(
            outcome: outcome,
            events: runner.sink.eventCount,
            seconds: seconds,
            fault: fault,
            completedInstructions: runner.processor.completed,
            trapped: RunSummary.Trapped(
                loaded: configuration.code.patches.map(\.code.instruction),
                found: runner.discovery?.count ?? 0
            ),
            readLeaves: runner.processor.readLeaves,
            resets: runner.resets.count,
            screen: showsScreen ? runner.board.screen : nil,
            unclaimed: runner.board.unclaimedAccesses,
            showsStopText: runner.terminal.isFound,
            consoleFailure: runner.terminal.console.failure
        )
    }

    /// Makes a processor that is at the guest's first instruction.
    private static func prepare<P: EngineProcessor & ~Copyable>(
        _ configuration: MachineConfiguration
    ) throws(EngineError) -> P {
        var profile = configuration.profile
        profile.model = .ofThisHost
        var processor = try P.make(
            regions: configuration.memoryRegions,
            profile: profile,
            modelSpecificRegisters: nil,
            trapBasePort: configuration.code.basePort
        )
        let state: ProcessorState
        do { state = try configuration.load(into: processor.memory) } catch { throw .memory(error) }
        try processor.restore(state)
        return processor
    }
}
