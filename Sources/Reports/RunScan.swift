internal import Replayer
internal import TraceFormat
internal import X86

/// Reads a trace's events once, and counts and keeps what a report shows of them.
struct RunScan {
    private static let lastEvents = 200
    private static let mostExits = 40
    private static let mostAccesses = 64

    let reader: TraceReader
    let symbols: SymbolTable
    private(set) var console = ConsoleTail()
    private(set) var screenStart = ScreenStart()
    private var counters: [ActivityCounter]
    private var accesses: AccessCounter
    private var exits: [UInt64: UInt64] = [:]
    private var recent: [ConsoleFolder.Entry] = []
    private var folder = ConsoleFolder()
    /// When the guest last halted, if nothing has happened since.
    private var haltTime: UInt32?

    /// The ranges of a trace on both axes.
    static func ranges(of reader: TraceReader) throws(TraceError) -> [Activity.Axis: ActivityRange] {
        let (first, end) = (reader.events.lowerBound, reader.events.upperBound)
        guard first < end else {
            return [.time: ActivityRange(start: 0, end: 1), .events: ActivityRange(start: 0, end: 1)]
        }
        let last = try reader.event(at: EventOrdinal(end.rawValue - 1)).time
        let start = try reader.event(at: first).time
        return [
            .time: ActivityRange(start: UInt64(start), end: UInt64(max(start, last)) + 1),
            .events: ActivityRange(start: first.rawValue, end: end.rawValue),
        ]
    }

    init(_ reader: TraceReader, _ ranges: [Activity.Axis: ActivityRange]) throws(TraceError) {
        self.reader = reader
        symbols = try SymbolTable(reader)
        counters = Activity.Axis.allCases.compactMap { axis in ranges[axis].map { ActivityCounter(axis, $0) } }
        let own = try Self.ranges(of: reader)[.time] ?? ActivityRange(start: 0, end: 1)
        accesses = AccessCounter(board: reader.header.machine.board, start: own.start, end: own.end)
        var cursor = reader.events()
        while let recorded = try cursor.next() { try take(recorded) }
        recent += folder.finish()
    }

    private mutating func take(_ recorded: RecordedEvent) throws(TraceError) {
        console.add(recorded.event.consoleBytes)
        screenStart.add(recorded.event)
        accesses.add(recorded)
        var idle: UInt32 = 0
        if let haltTime, !recorded.event.isOfTheRecorder {
            idle = recorded.time - min(recorded.time, haltTime)
            self.haltTime = nil
        }
        if recorded.event == .halt { haltTime = recorded.time }
        for index in counters.indices { counters[index].add(recorded, idle: idle) }
        // A trace that was cut off may name a keyframe that it has lost.
        if case .keyframe(let number, _) = recorded.event, number < reader.keyframeCount {
            let pages = UInt64(try reader.keyframe(Int(number)).changedPages.count)
            for index in counters.indices { counters[index].add(pages: pages, at: recorded) }
        }
        if recorded.event.kind.isExit { exits[recorded.rip, default: 0] += 1 }
        recent += folder.take(recorded)
        if recent.count >= 2 * Self.lastEvents { recent.removeFirst(recent.count - Self.lastEvents) }
    }

    var activity: [Activity] { counters.map { $0.finish() } }

    var usedPlaces: (reports: [AccessReport], others: UInt64) { accesses.finish(limit: Self.mostAccesses) }

    var lastEvents: [EventLine] {
        recent.suffix(Self.lastEvents).map { entry in
            EventLine(entry, board: reader.header.machine.board, symbols: symbols)
        }
    }

    var exitSites: [ExitSite] {
        exits.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(Self.mostExits).map { address, count in
            ExitSite(
                address: "0x" + String(address, radix: 16),
                symbol: symbols.name(of: GuestVirtualAddress(address)),
                count: count
            )
        }
    }

    func line(_ recorded: RecordedEvent) -> EventLine {
        EventLine(recorded, board: reader.header.machine.board, symbols: symbols)
    }
}
