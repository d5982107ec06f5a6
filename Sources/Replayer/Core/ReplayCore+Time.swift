internal import Engine
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Runs towards an event, to the next exit that is not a spurious wake-up by the host.
    ///
    /// - Throws: a divergence if the guest does not make an exit within its time limit.
    mutating func runToExit(
        _ recorded: RecordedEvent,
        expected: @autoclosure () -> String
    ) throws(ReplayStop) -> Exit {
        pace.beginRunning(to: recorded)
        let exit: Exit
        do { exit = try run() } catch { throw .error(.engine(error)) }
        if case .kicked = exit { throw stall(at: recorded, expected: expected()) }
        return exit
    }

    /// Runs to the next exit that is not a spurious wake-up by the host; ``Exit/kicked`` if the time is over.
    mutating func run() throws(EngineError) -> Exit {
        while true {
            let exit = try processor.run()
            switch exit {
            case .interruptWindow: continue
            case .kicked: if pace.watch.hasExpired { return exit }
            default: return exit
            }
        }
    }

    /// The report of a guest that did not reach its next exit in time.
    mutating func stall(at recorded: RecordedEvent, expected: String) -> ReplayStop {
        let took = pace.recordedMilliseconds(to: recorded)
        var report = makeDivergence(
            at: recorded,
            expected: "\(expected), which came after \(took) ms",
            actual: "the guest did not reach its next exit in \(pace.watch.milliseconds) ms of processor time"
        )
        report.showsState = true
        report.cause = "the guest runs in circles where it stands: \(report.cause)"
        return .divergence(report)
    }
}
