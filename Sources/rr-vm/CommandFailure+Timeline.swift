import Replayer
import Reports
import TraceFormat

extension CommandFailure {
    /// What a timeline's error tells the user and the shell.
    init(_ error: TimelineError) {
        switch error {
        case .replay(let error): self.init(error)
        case .divergence: self.init(.different, text: "\(error)")
        case .notAMoment, .notAPattern, .noSuchMoment, .insideInstruction: self.init(.usage, "\(error)")
        case .cannotStep, .cannotChange, .cannotGoBack, .cannotNote, .cannotJudge: self.init(.unavailable, "\(error)")
        }
    }

    /// Fails if a search crossed stretches whose recorded end executing did not reach.
    static func check(_ missedLandings: [EventOrdinal]) throws(CommandFailure) {
        guard !missedLandings.isEmpty else { return }
        let events = Set(missedLandings).sorted()
        let listed = events.prefix(20).map { "\($0)" }.joined(separator: ", ")
        throw CommandFailure(
            .different,
            "unproved: executing did not reach the recorded state of \(Quantity.count(UInt64(events.count))) events: "
                + "\(listed)\(events.count > 20 ? ", ..." : ""); the guest may have taken another path before them"
        )
    }

    /// What any error of reading a trace or going through it tells the user and the shell.
    init(any error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as TimelineError: self.init(error)
        case let error as TraceError: self.init(error)
        case let error as ReplayError: self.init(error)
        case let error as ShellCommand.Failure: self.init(.unavailable, "\(error)")
        case let error as ConditionError: self.init(.usage, "\(error)")
        default: self.init(.software, "\(error)")
        }
    }
}
