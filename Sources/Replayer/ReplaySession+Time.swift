internal import Engine
internal import TraceFormat
internal import X86

extension ReplaySession where P: ~Copyable {
    /// Runs to the next exit that is not a stray wake-up of the host's, towards an event.
    ///
    /// - Throws: a divergence if the guest does not come to one in the time that it may take.
    mutating func runToExit(_ recorded: RecordedEvent, expected: @autoclosure () -> String) throws -> Exit {
        timeWatch.begin(milliseconds: timeLimit.running(recordedMilliseconds(to: recorded)))
        let exit = try run()
        guard exit != .kicked else { throw stall(at: recorded, expected: expected()) }
        return exit
    }

    /// Runs to the next exit that is not a stray wake-up of the host's; ``Exit/kicked`` where the time is over.
    mutating func run() throws(EngineError) -> Exit {
        while true {
            let exit = try processor.run()
            if exit == .interruptWindow { continue }
            if exit != .kicked || timeWatch.hasExpired { return exit }
        }
    }

    /// The guest is to be gone through instruction by instruction, towards an event.
    mutating func beginStepping(to recorded: RecordedEvent) {
        timeWatch.begin(milliseconds: timeLimit.stepping(recordedMilliseconds(to: recorded)))
    }

    /// The report of a guest that did not come to its next exit in time.
    mutating func stall(at recorded: RecordedEvent, expected: String) -> ReplayStop {
        let took = recordedMilliseconds(to: recorded)
        var report = makeDivergence(
            at: recorded,
            expected: "\(expected), which came after \(took) ms",
            actual: "the guest did not come to its next exit in \(timeWatch.milliseconds) ms of processor time"
        )
        report.showsState = true
        report.cause = "the guest spins where it stands: \(report.cause)"
        return .divergence(report)
    }

    /// Milliseconds that the recording took to an event from the one before it, or from the last one but keyframes that were
    /// left aside.
    mutating func recordedMilliseconds(to recorded: RecordedEvent) -> UInt64 {
        if metTime == nil, recorded.ordinal > reader.events.lowerBound {
            metTime = try? reader.event(at: EventOrdinal(recorded.ordinal.rawValue - 1)).time
        }
        return UInt64(recorded.time - min(recorded.time, metTime ?? recorded.time))
    }
}
