import ArgumentParser
import Glibc
import Replayer
import Reports
import SystemPackage
import TraceFormat
import X86

/// `rr-vm events`.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "List the events of a trace.",
        discussion: """
            A moment is EVENT, end, -EVENTS (before the end), SECONDSs (as in 12.5s), port:PORT (its first access) or \
            console:TEXT (the first time it shows).
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The first event to list.", valueName: "moment"),
        completion: .moments
    )
    var from: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The last event to list.", valueName: "moment"),
        completion: .moments
    )
    var to: String?

    @Option(
        help: ArgumentHelp(
            "Only these kinds, separated by commas.",
            discussion: Event.Kind.allCases.map(\.name).joined(separator: ", "),
            valueName: "kinds"
        )
    )
    var kind: KindSet?

    @Option(
        help: ArgumentHelp("Only accesses to these ports, separated by commas, decimal or with 0x.", valueName: "ports")
    )
    var port: PortSet?

    @Flag(help: "Show the bytes of the console in lines, and not one by one.")
    var fold = false

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Flag(help: "Keep listing while the recorder still writes, until the recording ends.")
    var follow = false

    func validate() throws {
        if fold, json { throw ValidationError("--fold and --json exclude each other: an object is one event") }
        if follow, !symbols.names.isEmpty {
            throw ValidationError(
                "--follow and --symbols exclude each other: a finished trace tells where a program is"
            )
        }
        if follow, [from, to].contains(where: { $0.map { UInt64($0) == nil } ?? false }) {
            throw ValidationError(
                "--follow needs numbers of events for --from and --to: other moments may still change"
            )
        }
        if let first = from.flatMap({ UInt64($0) }), let last = to.flatMap({ UInt64($0) }), first > last {
            throw ValidationError("--from \(first) is after --to \(last)")
        }
    }

    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        var output = StandardOutput()
        do {
            if follow {
                try listGrowing(&output)
            } else {
                let reader = try TraceLocation.open(file, symbols: symbols) {
                    confinement.keepOpenFiles(machines: nil)
                }
                var position = try from.map { try event($0, in: reader) } ?? reader.header.firstEvent
                let last = try to.map { UInt64($0) == nil ? try event($0, in: reader) : nil }.flatMap(\.self)
                if let last, last < position {
                    throw CommandFailure(.usage, "--from \(position) is after --to \(last)")
                }
                _ = try list(reader, from: &position, to: last, &output)
                try output.flush()
            }
        } catch {
            try output.flush()
            throw CommandFailure(any: error)
        }
    }

    private func event(_ name: String, in reader: TraceReader) throws -> EventOrdinal {
        try MomentName(name).moment(in: reader).event
    }

    /// Lists the events that exist and those that follow, until the recording ends or can no longer grow.
    private func listGrowing(_ output: inout StandardOutput) throws {
        let path = try TraceLocation.resolve(file)
        // A recorder with a ring puts one file after another in the trace's place, and each must be opened.
        confinement.keepDirectories(of: [path], machines: nil)
        var follower = try TraceFollower(named: path)
        var position = from.flatMap { UInt64($0) }.map { EventOrdinal($0) } ?? follower.reader.header.firstEvent
        while true {
            let hasMore = try list(follower.reader, from: &position, &output)
            try output.flush()
            guard hasMore else { return }
            switch follower.state {
            case .growing:
                usleep(Self.pollMicroseconds)
                try follower.refresh()
            case .ended:
                return
            case .abandoned:
                let missing = follower.reader.missing ?? ""
                StandardError.write("rr-vm: \(follower.reader.path): \(missing), and its recorder is gone")
                return
            case .nameless:
                guard try follower.reopen() else {
                    StandardError.write("rr-vm: the trace was removed: it was read up to event \(position)")
                    return
                }
                let first = follower.reader.header.firstEvent
                if position < first {
                    let count = Quantity.count(first.rawValue - position.rawValue)
                    StandardError.write("rr-vm: \(count) events from event \(position) on are missing here")
                    position = first
                }
            }
        }
    }

    /// How often a growing trace is polled: as often as a recorder writes to it.
    private static let pollMicroseconds: UInt32 = 50_000

    /// Lists the events from a position on, and moves the position past them.
    ///
    /// - Returns: false once the last event that the user asked for is passed.
    private func list(
        _ reader: TraceReader,
        from position: inout EventOrdinal,
        to last: EventOrdinal? = nil,
        _ output: inout StandardOutput
    ) throws -> Bool {
        // A number may be beyond the trace's end.
        let end = last?.rawValue ?? to.flatMap { UInt64($0) } ?? .max
        let symbols = try SymbolTable(reader)
        // The parser's properties are looked up at each use, which costs more than listing an event.
        let (kind, port, json, fold) = (kind, port, json, fold)
        var folder = ConsoleFolder()
        var cursor = reader.events(from: position)
        defer { position = cursor.position }
        while let event = try cursor.next() {
            guard event.ordinal.rawValue <= end else {
                for entry in folder.finish() { try output.write("\(entry)") }
                return false
            }
            guard kind?.contains(event.event.kind) ?? true, port?.contains(event.event.port) ?? true else { continue }
            if json {
                try output.write { event.appendJSON(to: &$0) }
            } else if fold {
                for entry in folder.take(event) { try Self.write(entry, symbols, &output) }
            } else {
                try Self.write(event, symbols, &output)
            }
        }
        for entry in folder.finish() { try output.write("\(entry)") }
        return true
    }

    private static func write(
        _ entry: ConsoleFolder.Entry,
        _ symbols: SymbolTable,
        _ output: inout StandardOutput
    ) throws(CommandFailure) {
        switch entry {
        case .event(let event): try write(event, symbols, &output)
        case .console: try output.write("\(entry)")
        }
    }

    /// Writes an event as one line, with the name of the place.
    private static func write(
        _ event: RecordedEvent,
        _ symbols: SymbolTable,
        _ output: inout StandardOutput
    ) throws(CommandFailure) {
        try output.write { line in
            event.append(to: &line)
            let address = GuestVirtualAddress(event.rip)
            guard event.rip != 0, let place = symbols.place(of: address) else { return }
            line.append(words: " <")
            symbols.append(place, lineOf: address, to: &line)
            line.append(words: ">")
        }
    }
}
