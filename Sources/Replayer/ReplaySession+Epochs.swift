internal import Engine
public import TraceFormat

extension ReplaySession where P: ~Copyable {
    /// Replays some epochs only. Epoch *n* goes from keyframe *n* to the next, the last one to the end of the trace: there are
    /// as many as keyframes. Each begins in a recorded state, so that a trace is verified by replaying them in any order,
    /// anywhere.
    ///
    /// - Parameters:
    ///   - epochs: within those that there are, not empty.
    ///   - visit: is called with every event once it has been replayed.
    /// - Returns: the report, or the first divergence.
    public mutating func run(
        epochs: Range<Int>,
        visit: (RecordedEvent) -> Void = { _ in }
    ) throws(ReplayError) -> Result<ReplayReport, Divergence> {
        do {
            let end = try end(of: epochs)
            var log = EpochLog()
            if epochs.lowerBound > 0 { log.begin(epochs.lowerBound, at: try begin(at: epochs.lowerBound)) }
            while cursor.position < end, let recorded = try nextEvent() {
                let jumped = report.epochsJumped
                try replay(recorded)
                if case .keyframe(let number, _) = recorded.event {
                    log.end(at: recorded.ordinal, report.epochsJumped > jumped ? .jumped : .executed)
                    log.begin(Int(number), at: recorded.ordinal)
                }
                recent.append(recorded)
                report.events += 1
                visit(recorded)
            }
            // Events that are lost are not the end: reading on says so.
            if end == reader.events.upperBound { _ = try nextEvent() }
            // Behind the last keyframe of a whole trace there is nothing but its end.
            if reader.outcome == nil { log.end(at: EventOrdinal(cursor.position.rawValue - 1), .end) }
            report.epochs = log.epochs
            return .success(report)
        } catch {
            switch error {
            case .divergence(let divergence): return .failure(divergence)
            case .error(let error): throw error
            }
        }
    }

    /// One past the last event: the keyframe that ends the last epoch is compared too.
    private func end(of epochs: Range<Int>) throws(ReplayStop) -> EventOrdinal {
        guard epochs.upperBound < reader.keyframeCount else { return reader.events.upperBound }
        do throws(TraceError) {
            return EventOrdinal(try reader.keyframeEntry(epochs.upperBound).event.rawValue + 1)
        } catch {
            throw .error(.trace(error))
        }
    }

    /// Restores a keyframe, and goes on behind its event.
    ///
    /// - Returns: the event.
    private mutating func begin(at number: Int) throws(ReplayStop) -> EventOrdinal {
        do {
            let event = try reader.keyframeEntry(number).event
            cursor.seek(to: event)
            guard let recorded = try nextEvent() else { return event }
            let keyframe = try keyframe(UInt32(number), recorded)
            try jump(to: keyframe, recorded)
            report.digest = keyframe.digest
            return event
        } catch let stop as ReplayStop {
            throw stop
        } catch let error as TraceError {
            throw .error(.trace(error))
        } catch let error as EngineError {
            throw .error(.engine(error))
        } catch {
            throw .error(.inconsistent(cursor.position, "\(error)"))
        }
    }
}
