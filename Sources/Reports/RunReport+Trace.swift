public import Replayer
internal import SystemPackage
public import TraceFormat
internal import X86

extension RunReport {
    /// Reads a trace, and compares it with another one, if one is given. What the machine looked like is added by
    /// ``look(at:moment:in:)``.
    ///
    /// - Throws: what reading the traces can throw.
    public init(_ reader: TraceReader, against other: TraceReader? = nil) throws(TraceError) {
        let info = try TraceInfo(reader)
        var ranges = try RunScan.ranges(of: reader)
        if let other { ranges.merge(try RunScan.ranges(of: other)) { $0.union($1) } }
        let scan = try RunScan(reader, ranges)
        let used = scan.usedPlaces
        self.init(
            file: reader.fileName,
            guest: reader.header.guest.name,
            outcome: info.sentence,
            isFailure: info.outcome?.isFailure ?? true,
            facts: info.facts,
            console: scan.console.finish(),
            place: nil,
            screenStart: scan.screenStart.value,
            replay: nil,
            activity: scan.activity,
            accesses: used.reports,
            otherAccesses: used.others,
            exits: scan.exitSites,
            events: scan.lastEvents,
            eventCount: info.eventCount,
            comparison: try other.map { other throws(TraceError) in try ComparisonReport(scan, other, ranges) }
        )
    }

    /// Adds what the machine looked like at a moment.
    ///
    /// - Parameter isAtEnd: whether the moment is the end of the run.
    /// - Throws: what reading the trace can throw.
    public mutating func look(
        at view: inout some MachineView,
        moment: Moment,
        isAtEnd: Bool = true,
        in reader: TraceReader
    ) throws(TraceError) {
        let listing = try CodeListing(reader)
        let state = view.state
        place = PlaceReport(
            moment: moment.description,
            isAtEnd: isAtEnd,
            address: "\(state.instructionAddress)",
            symbol: listing.symbols.name(of: state.instructionAddress),
            mode: state.mode.name,
            registers: state.fields.map { Fact(name: $0.0, value: $0.1) },
            code: try listing.lines(at: state.instructionAddress, in: &view, limit: 12).map(CodeLine.init),
            backtrace: try Backtrace(&view, symbols: listing.symbols).frames.map(CallFrame.init),
            stack: try StackListing(&view, symbols: listing.symbols, limit: 16).entries.map(StackWord.init),
            screen: try ScreenReport(&view, start: screenStart)
        )
    }
}

extension ComparisonReport {
    fileprivate init(
        _ scan: RunScan,
        _ other: TraceReader,
        _ ranges: [Activity.Axis: ActivityRange]
    ) throws(TraceError) {
        let theirs = try RunScan(other, ranges)
        let diff = try TraceDiff(scan.reader, other)
        file = other.fileName
        outcome = try TraceInfo(other).sentence
        activity = theirs.activity
        firstDifference = diff.firstEvents.map { pair in
            FirstDifference(
                event: (pair.left ?? pair.right)?.ordinal.rawValue ?? 0,
                here: pair.left.map { scan.line($0) },
                there: pair.right.map { theirs.line($0) }
            )
        }
        fields = diff.fields.map { Field(name: $0.name, here: $0.left, there: $0.right) }
        equalEvents = diff.equalEvents
        otherEvents = diff.differentEvents + diff.eventsOnlyLeft + diff.eventsOnlyRight
    }
}

extension TraceReader {
    fileprivate var fileName: String { path.lastComponent?.string ?? path.string }
}

extension TraceInfo {
    /// How the run ended, in a sentence.
    fileprivate var sentence: String { outcome.map { "\($0)" } ?? missing ?? "the trace has no end" }
}

extension Outcome {
    /// Whether it is a way in which no guest means to end.
    fileprivate var isFailure: Bool {
        switch self {
        case .exited(let code): code != 0
        case .tripleFault, .guestFault, .emulationFailure, .hostLimit: true
        case .halted, .reset, .poweredOff, .stopped: false
        }
    }
}

extension ExecutionMode {
    /// Its name for people.
    fileprivate var name: String {
        switch self {
        case .real: "real mode"
        case .protected16: "16-bit protected mode"
        case .protected32: "32-bit protected mode"
        case .long64: PlaceReport.longMode
        }
    }
}
