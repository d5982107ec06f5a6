import X86

@testable import Replayer
@testable import TraceFormat

/// What the commands do that read a trace, without their command lines.
struct Commands {
    let reader: TraceReader
    /// Which of some ways to take.
    let choice: UInt8

    /// info, check, events, pack and repair.
    func readAll() {
        try? reader.check()
        _ = try? reader.symbols()
        _ = (try? TraceInfo(reader, countsKinds: true))?.json
        var cursor = reader.events()
        while let event = try? cursor.next() { _ = (event.json, "\(event)") }
        _ = try? ConsoleText.bytes(of: reader, through: EventOrdinal(.max))
        for ordinal in [0, reader.events.lowerBound.rawValue, .max] { _ = try? reader.event(at: EventOrdinal(ordinal)) }
        _ = try? reader.refreshed()
        _ = try? reader.scanned()
        for spacing in [nil, KeyframeSpacing(milliseconds: 1, events: 2)] {
            let options = TraceCopyOptions(spacing: spacing, keepsUpToFault: spacing == nil)
            guard var copier = try? TraceCopier(reader, MeasuringSink(limit: 64 << 20), options) else { continue }
            _ = try? copier.run { $0 }
        }
        let last = EventOrdinal(max(1, reader.events.upperBound.rawValue) - 1)
        _ = try? reader.longestTail(within: 4096, to: last, options: TraceCopyOptions())
    }

    /// diff, and bisect of two.
    func compareAll() {
        guard let other = try? reader.scanned() else { return }
        _ = try? TraceDiff(reader, other)
        _ = try? FirstDifferenceSearch(reader, other).run()
        _ = try? FirstDifferenceSearch(reader, other, ignoring: Set(IgnoredInput.allCases)).run()
        _ = HeaderDifference.all(reader.header, other.header)
        _ = try? StateNeeds(reader)
    }

    /// replay, verify, inspect, watch, last-write, bisect of one, and redact.
    func replayAll() {
        guard (try? reader.firstKeyframe()) != nil else { return }
        let landing = Landing.allCases[Int(choice) % Landing.allCases.count]
        if var session = session(landing) { _ = try? session.run() }
        for number in 0..<min(reader.keyframeCount, 3) {
            if var session = session(landing) { _ = try? session.run(epochs: number..<number + 1) }
        }
        inspect()
        search()
        redact()
    }

    private func session(_ landing: Landing = .auto) -> ReplaySession<OracleProcessor>? {
        guard let processor = try? OracleProcessor(reader, patience: Int(choice % 5)) else { return nil }
        return ReplaySession(reader, processor: processor, landing: landing)
    }

    private func inspect() {
        guard let session = session(), let listing = try? CodeListing(reader) else { return }
        var timeline = Timeline(session)
        let names = ["end", "-1", "0.1s", "port:0x71", "0+2", "18446744073709551615", "4611686018427387904+1"]
        for name in names.compactMap({ try? MomentName($0) }) {
            guard let moment = try? name.moment(in: reader), (try? timeline.seek(to: moment)) != nil,
                var view = try? timeline.view()
            else { continue }
            _ = try? listing.lines(at: view.state.instructionAddress, in: &view, limit: 4)
            _ = try? StackListing(&view, symbols: listing.symbols, limit: 16)
            _ = try? view.walk(GuestVirtualAddress(.max))
            _ = try? timeline.nextDelivery()
        }
    }

    private func search() {
        for place in [0, 0x7000, UInt64.max] { try? searchWrites(to: GuestPhysicalAddress(place)) }
        try? searchMoment()
    }

    private func searchWrites(to place: GuestPhysicalAddress) throws {
        guard let session = session() else { return }
        var search = try WriteSearch(Timeline(session), WatchedMemory(physical: place, count: 8))
        _ = try? search.last(before: Moment(event: EventOrdinal(.max)))
        while try search.next() != nil {}
    }

    private func searchMoment() throws {
        let condition = try Condition("rip > 5", symbols: CodeListing(reader).symbols)
        guard let session = session() else { return }
        var search = try MomentSearch(Timeline(session), condition)
        _ = try? search.first()
        _ = try? search.firstLasting()
        _ = try? search.halving()
    }

    private func redact() {
        guard let inputs = try? RecordedInput.all(in: reader), let session = session() else { return }
        var redaction = Redaction(session, blanking: inputs)
        _ = try? redaction.run { header throws(TraceError) in
            try TraceWriter(sink: MeasuringSink(limit: 64 << 20), header: header)
        }
    }
}
