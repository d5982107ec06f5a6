import ArgumentParser
import Machine
import Recorder
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm record`.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record one run of a guest into a trace.",
        discussion:
            "The guest's console goes to standard output. Ctrl-C ends the recording with a complete trace; with "
            + "--raw-keys, Ctrl-A X does."
    )

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The trace to make; it is never overwritten.",
            discussion:
                "Default: the guest's name and a number, in the current directory or in $RR_VM_TRACE_DIR. A link 'latest' is made beside it.",
            valueName: "file"
        )
    )
    var output: FilePath?

    @Option(
        defaultAsFlag: 1000,
        help: ArgumentHelp(
            "Record again and again with new chaos seeds, at most this many times, and keep the first run that fails.",
            discussion:
                "A failure is an exit code other than 0, a fault, the text of --until, or the limit of --max-time. Exit status 0 "
                + "if a run failed and is kept, 1 if none did.",
            valueName: "tries"
        )
    )
    var untilFailure: Int?

    @OptionGroup var machine: MachineOptions

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if output?.isEmpty == true { throw ValidationError("--output needs a file") }
        guard let untilFailure else { return }
        if untilFailure < 1 { throw ValidationError("--until-failure must be at least 1") }
        if machine.devices.drive.contains(where: \.isWritable) {
            throw ValidationError(
                "--until-failure needs each try to start from the same disks: give --drive without ',write'"
            )
        }
        if !machine.network.net.isEmpty {
            throw ValidationError("--until-failure and --net exclude each other: only the first try would get packets")
        }
    }

    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        var prepared = try machine.prepare()
        prepared.configuration.addSymbols(try symbols.load().symbols)
        if let output {
            try record(prepared, to: [output])
        } else {
            try record(prepared, to: TraceLocation.numbered(forGuest: machine.guestPath))
        }
    }

    private func record(
        _ prepared: PreparedMachine,
        to places: some Sequence<FilePath>
    ) throws {
        if let untilFailure {
            try hunt(prepared, places, tries: untilFailure)
        } else {
            try recordOnce(prepared, places)
        }
    }

    private func recordOnce(
        _ prepared: PreparedMachine,
        _ places: some Sequence<FilePath>
    ) throws {
        var setup = try machine.setup(recording, prepared)
        let guest = machine.guestDescription(prepared)
        setup.didOpen = confinement.untilOpen(
            directoriesOf: Array(places.prefix(1)) + machine.unikernel.coreFiles,
            machines: prepared.engine,
            opensLater: setup.ring != nil || !machine.unikernel.coreFiles.isEmpty
        )
        let interruption = Interruption(of: setup.stop)
        defer { interruption.end() }
        let progress = setup.progress
        let line = ProgressLine(
            "recording",
            endedBy: machine.devices.endingKeys,
            growing: { progress.place?.unfinished }
        ) { progress.events }
        defer { line.end() }
        setup.willShowConsole = line.willShowConsole
        let summary: RunSummary
        do {
            summary = try machine.withConsole(of: setup) { () throws(RecorderError) in
                try Session.record(
                    prepared.configuration,
                    guest: guest,
                    recorder: Version.recorder,
                    to: places,
                    setup: setup
                )
            }
        } catch {
            throw CommandFailure(error)
        }
        line.end()
        try report(summary)
        try summary.printExtras(asked: machine.devices)
        try summary.checkOutcome()
        try summary.endAsGuest(prepared.configuration, asked: machine.exitStatus)
    }

    private func hunt(
        _ prepared: PreparedMachine,
        _ places: some Sequence<FilePath>,
        tries: Int
    ) throws {
        var common = try machine.setup(recording, prepared)
        // A guest whose processor shuts down has failed.
        common.resets = false
        let guest = machine.guestDescription(prepared)
        confinement.keepDirectories(
            of: Array(places.prefix(1)) + machine.unikernel.coreFiles,
            machines: prepared.engine
        )
        let firstSeed = recording.chaos ?? UInt64.random(in: 0...UInt64(UInt32.max))
        let interruption = Interruption()
        defer { interruption.end() }
        let tried = ProgressCounter()
        let line = ProgressLine { "recording: try \(tried.count + 1) of \(tries)" }
        defer { line.end() }
        let summary: RunSummary?
        do {
            summary = try Session.recordUntilFailure(
                prepared.configuration,
                guest: guest,
                recorder: Version.recorder,
                to: places,
                tries: tries,
                setup: { [common] number in
                    var setup = common
                    setup.stop = StopRequest()
                    setup.input = common.input.copy()
                    setup.chaosSeed = firstSeed &+ UInt64(number - 1)
                    setup.consoleDescriptor = nil
                    interruption.aim(at: setup.stop)
                    return setup
                },
                attempt: { number, _ in tried.count = UInt64(number) }
            )
        } catch {
            throw CommandFailure(error)
        }
        line.end()
        let last = tried.count
        guard let summary else {
            StandardError.write("rr-vm: no failure in \(last) \(last == 1 ? "try" : "tries")")
            throw ExitCode(ExitStatus.different.rawValue)
        }
        StandardError.write("rr-vm: try \(last) failed, with --chaos \(firstSeed &+ (last - 1))")
        try report(summary)
    }

    /// Says what was recorded and where it is.
    private func report(_ summary: RunSummary) throws(CommandFailure) {
        guard let trace = summary.trace else { return }
        TraceLocation.link(to: trace.path)
        if let failure = trace.failure {
            throw CommandFailure(.inputOutput, "\(failure); what was recorded before is in \(trace.path)")
        }
        StandardError.write(
            "rr-vm: \(summary.outcome)",
            "rr-vm: \(Quantity.count(trace.events)) events in \(Quantity.seconds(summary.seconds)), "
                + "\(Quantity.bytes(trace.bytes)) in \(trace.path)"
        )
        StandardError.write(notesOn: summary)
    }
}
