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
            runEnd = try end(of: epochs)
            passesUntil = EventOrdinal(0)
            forgetSequel()
            if epochs.lowerBound > 0 { log.begin(epochs.lowerBound, at: try begin(at: epochs.lowerBound)) }
            return .success(try replayToEnd(visit: visit))
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
            let keyframe = try reader.keyframe(number)
            let recorded = try event(of: keyframe)
            try jump(to: keyframe, recorded)
            metTime = recorded.time
            report.digest = keyframe.digest
            return keyframe.event
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
