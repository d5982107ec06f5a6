import ArgumentParser
import Engines
import Replayer
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the whole file, replay it, and say how much of it was proved equal to the recording."
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(help: ArgumentHelp("Replay this many times, each in a fresh machine.", valueName: "n"))
    var `repeat` = 1

    @Option(
        help: ArgumentHelp(
            "Replay in this many machines at once, each of which takes parts of the trace. Default: as many as there are "
                + "processors and as fit into half of this host's memory; one for --shard.",
            valueName: "n"
        )
    )
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "Replay only this part of the trace: K/N, the K-th of N from 1 on. The first part also checks the file.",
            discussion: "Every part begins at a keyframe. See docs/at-scale.md.",
            valueName: "part"
        )
    )
    var shard: Shard?

    @Flag(help: "List the stretches between keyframes: their events, how each was reached, and the time that it took.")
    var epochs = false

    @Flag(help: "Print one JSON object per line: each stretch between keyframes, then the whole.")
    var json = false

    @Flag(
        help: ArgumentHelp(
            "Write a copy of the trace, to --output, that also counts the instructions before each event. Needs software.",
            discussion: "A replay of the copy in software reaches every moment by its count."
        )
    )
    var annotate = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The copy that --annotate makes; it is never overwritten.", valueName: "file")
    )
    var output: FilePath?

    @Flag(
        help: ArgumentHelp(
            "Replay in software and on KVM side by side, and find the first instruction behind which they differ.",
            discussion: "Without a usable KVM, software is compared with the recorded states."
        )
    )
    var lockstep = false

    func validate() throws {
        if lockstep, annotate || json || epochs || jobs ?? 1 > 1 || shard != nil || self.repeat > 1 {
            throw ValidationError(
                "--lockstep compares the whole trace once: leave out --annotate, --json, --epochs, --jobs, --shard and --repeat"
            )
        }
        if self.repeat < 1 { throw ValidationError("--repeat must be at least 1") }
        guard annotate == (output != nil), output?.isEmpty != true else {
            throw ValidationError("--annotate and --output FILE need each other")
        }
        if annotate, engine.request == .kvm {
            throw ValidationError("--annotate needs --engine soft: KVM does not count instructions")
        }
        if annotate, jobs ?? 1 > 1 || shard != nil {
            throw ValidationError("--annotate counts in one replay of the whole trace: leave out --jobs and --shard")
        }
        guard (1...1024).contains(jobs ?? 1) else { throw ValidationError("--jobs must be from 1 to 1024") }
    }

    @OptionGroup var landing: LandingOption
    @OptionGroup var options: ReplayOptions

    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        // A replay reads only what it needs. The check also reads the parts that only seeking needs.
        let isFirst = shard?.number ?? 1 == 1
        let reader = try TraceLocation.open(file, replaying: true, checking: isFirst, with: options) {
            guard let output else { return confinement.keepOpenFiles(machines: engine.choice) }
            confinement.keepDirectories(of: [output], machines: engine.choice)
        }
        if lockstep {
            let verification = LockstepVerification(reader: reader)
            guard let lack = verification.lack(engine.request) else { return try verification.run() }
            StandardError.write(
                "rr-vm: note: software is compared with the recorded states, because KVM takes no part: \(lack)"
            )
        }
        let counts = annotate ? InstructionCounts() : nil
        let all = 0..<reader.keyframeCount
        let part = shard.map { all.part($0.number, of: $0.count) } ?? all
        var seconds = 0.0
        var last: ReplayReport?
        try ReplayProgress.showing(of: shard == nil ? reader.eventCount * UInt64(self.repeat) : nil) { progress in
            for _ in 0..<self.repeat {
                guard let (report, duration) = try replay(reader, part, counting: counts, progress) else { break }
                seconds += duration
                // Show the report of a replay that leaves something unproved, if there is one.
                if last.map({ $0.epochsUnproved == 0 }) ?? true { last = report }
            }
        }
        if let last, json {
            try last.writeJSON(seconds: seconds)
            try last.checkProved()
            return try writeAnnotated(reader, counts, last)
        }
        var text = StandardOutput()
        if let shard {
            try text.write("part \(shard.number) of \(shard.count): \(part.count) of \(all.count) epochs")
        }
        if let last {
            try text.write(
                text: """
                    \(self.repeat) \(self.repeat == 1 ? "replay" : "replays") of \(Quantity.count(last.events)) events in \(Quantity.seconds(seconds))\(last.landedWords)
                    \(last.counts)
                    divergences            0
                    final digest           \(last.digest)
                    """
            )
            if epochs { try text.write(text: last.epochTable) }
            for remark in last.remarks { try text.write("note: \(remark)") }
        }
        try text.flush()
        try last?.checkProved()
        if let last { try writeAnnotated(reader, counts, last) }
    }

    /// Writes the copy with counts, if it is asked for.
    private func writeAnnotated(
        _ reader: TraceReader,
        _ counts: InstructionCounts?,
        _ report: ReplayReport
    ) throws(CommandFailure) {
        guard let path = self.output, let counts else { return }
        guard report.epochsJumped == 0 else {
            throw CommandFailure(
                .different,
                "nobody knows how many instructions lead to a state that was restored, and \(report.epochsJumped) were: "
                    + "leave out --landing portable"
            )
        }
        let copy = TraceCopyOptions(instructions: counts.values, readLeaves: report.readLeaves)
        do {
            try reader.copy(to: path, options: copy)
        } catch {
            throw CommandFailure(error)
        }
        StandardError.write("rr-vm: \(Quantity.count(counts.total)) instructions, counted in \(path)")
    }

    private func replay(
        _ reader: TraceReader,
        _ epochs: Range<Int>,
        counting counts: InstructionCounts?,
        _ progress: ReplayProgress
    ) throws(CommandFailure) -> (ReplayReport, seconds: Double)? {
        let engines = annotate ? ReplayEngines(main: .soft) : engine.engines(for: reader)
        var replay = Replay(
            reader: reader,
            engines: engines,
            landing: landing.landing,
            epochs: epochs,
            progress: progress
        )
        if annotate { return try replay.run(showingConsole: nil, counting: counts) }
        replay.jobs = jobs ?? (shard == nil ? engines.jobs(for: reader.header) : 1)
        return try replay.runParts()
    }
}
