internal import Engine
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// The report of an exit that differs from the recorded one.
    mutating func divergence(at recorded: RecordedEvent, expected: String, actual: String) -> ReplayStop {
        .divergence(makeDivergence(at: recorded, expected: expected, actual: actual))
    }

    mutating func makeDivergence(at recorded: RecordedEvent, expected: String, actual: String) -> Divergence {
        var report = Divergence(
            moment: Moment(event: recorded.ordinal),
            expected: expected,
            actual: actual,
            cause: ""
        )
        report.recentEvents = recent.inOrder(in: reader)
        report.cause = likelyCause(recorded, after: report.recentEvents)
        // A processor in the middle of an instruction has no complete state. The report then goes without it.
        if (try? processor.completePendingAccess()) != nil, let state = try? processor.state() {
            report.state = state.fields
            var view = LiveView(state: state, memory: processor.memory)
            let lines = try? CodeListing(reader).lines(at: state.instructionAddress, in: &view, limit: 5)
            report.instructions = lines?.map(\.instruction) ?? []
            report.cause = untrappedReads(state, after: report.recentEvents) ?? report.cause
        }
        return report
    }

    /// The instructions near the recent events that read something the trace does not hold, if there are any.
    private func untrappedReads(_ state: ProcessorState, after events: [RecordedEvent]) -> String? {
        guard !events.isEmpty else { return nil }
        let places = events.reversed().map(\.rip).filter { $0 != 0 }.prefix(Self.searchedPlaces)
        let reads = UntrappedReads(near: places + [state.rip], state, in: processor.memory).findings
        guard !reads.isEmpty else { return nil }
        return reads.prefix(Self.listedReads).map { read in
            "\(read.instruction.name.uppercased()) at rip 0x\(String(read.rip, radix: 16)), not trapped"
        }.joined(separator: "; ")
    }

    private static var searchedPlaces: Int { 4 }
    private static var listedReads: Int { 4 }

    /// What most likely made the guest go another way.
    private func likelyCause(_ recorded: RecordedEvent, after events: [RecordedEvent]) -> String {
        if recorded.ordinal == reader.header.firstEvent {
            return "this host does not keep the recorded state: see 'rr-vm doctor'"
        }
        if events.isEmpty { return "the first recorded state leads elsewhere on this host" }
        return "an input that the trace does not hold (a time counter or random number read without an exit), "
            + "or a trace that was changed"
    }
}

extension Divergence {
    /// How many differing pages a report lists.
    static let listedPages = 8
}

extension Divergence.PageDifference {
    /// Compares two versions of one page; nil if they are equal.
    init?(page: GuestPhysicalAddress, expected: [UInt8], actual: [UInt8]) {
        let offsets = expected.indices.filter { expected[$0] != actual[$0] }
        guard let first = offsets.first else { return nil }
        let shown = first..<min(first + 8, expected.count)
        self.init(
            address: GuestPhysicalAddress(page.rawValue + UInt64(first)),
            count: offsets.count,
            expected: Array(expected[shown]),
            actual: Array(actual[shown])
        )
    }
}
