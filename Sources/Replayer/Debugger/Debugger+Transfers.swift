internal import Engine
public import TraceFormat
public import X86

extension Debugger where P: ~Copyable {
    /// Tells of calls, interrupts and exceptions while the guest runs or steps on. Going to a moment tells of none.
    ///
    /// - Parameter take: gets each with the moment behind it.
    public mutating func note(_ set: TransferSet, _ take: @escaping (Moment, ControlTransfer) -> Void) {
        transfers = TransferNotes(wanted: set, take: take)
    }

    /// Runs on to a moment, or to a stop before it.
    ///
    /// - Parameter isInterrupted: asked every million instructions or so, and now and then between events.
    /// - Throws: `.cannotNote` if there is something to note and the engine cannot.
    public mutating func run(to target: Moment, isInterrupted: () -> Bool) throws(TimelineError) -> DebuggerStop {
        try checkNoting()
        return try recovering { debugger throws(TimelineError) in
            try debugger.forward(to: target, observing: true, passing: true, isInterrupted: isInterrupted)
        }
    }

    /// Refuses to note with an engine that cannot.
    func checkNoting() throws(TimelineError) {
        if !transfers.wanted.isEmpty, !counts { throw .cannotNote }
    }

    /// Hands the transfers over that the engine has noted.
    ///
    /// - Parameters:
    ///   - present: where the guest stood when the engine had executed `start` instructions.
    ///   - start: nil if everything that was noted belongs to that moment.
    mutating func takeTransfers(since present: Moment, at start: UInt64? = nil) {
        guard transfers.arePossible, !transfers.wanted.isEmpty else { return }
        for transfer in timeline.core.processor.takeTransfers() {
            var moment = present
            if let start, transfer.executed > start { moment.instructions += transfer.executed - start }
            if let take = transfers.take { take(moment, transfer) } else { transfers.taken.append(transfer) }
        }
    }
}

extension DebuggableProcessor where Self: ~Copyable {
    /// Notes nothing more, and forgets what was noted.
    mutating func stopNoting() {
        if noteTransfers([]) { _ = takeTransfers() }
    }
}
