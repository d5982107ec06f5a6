import ArgumentParser
import Glibc
import Reports
import SystemPackage
import TraceFormat
import X86

/// `rr-vm events`.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "events", abstract: "List the events of a trace.")

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(help: ArgumentHelp("The first event to list.", valueName: "event"))
    var from: UInt64?

    @Option(help: ArgumentHelp("The last event to list.", valueName: "event"))
    var to: UInt64?

    @Option(
        help: ArgumentHelp(
            "Only these kinds, separated by commas.",
            discussion: Event.Kind.allCases.map(\.name).joined(separator: ", "),
            valueName: "kinds"
        )
    )
    var kind: KindSet?

    @Option(help: ArgumentHelp("Only accesses to this port, decimal or with 0x.", valueName: "port"))
    var port: PortNumber?

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Flag(help: "Keep listing while the recorder still writes, until the recording ends.")
    var follow = false

    func validate() throws {
        if let from, let to, from > to { throw ValidationError("--from \(from) is after --to \(to)") }
    }

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        var output = StandardOutput()
        do {
            if follow {
                try listGrowing(&output)
            } else {
                let reader = try TraceLocation.open(file) { confinement.keepOpenFiles(machines: nil) }
                if let from, !reader.events.contains(EventOrdinal(from)) {
                    _ = try reader.event(at: EventOrdinal(from))
                }
                var position = from.map { EventOrdinal($0) } ?? reader.header.firstEvent
                _ = try list(reader, from: &position, &output)
                try output.flush()
            }
        } catch let error as TraceError {
            try output.flush()
            throw CommandFailure(error)
        }
    }

    /// Lists the events that exist and those that follow, until the recording ends or can no longer grow.
    private func listGrowing(_ output: inout StandardOutput) throws {
        let path = try TraceLocation.resolve(file)
        // A recorder with a ring puts one file after another in the trace's place, and each must be opened.
        confinement.keepDirectories(of: [path], machines: nil)
        var follower = try TraceFollower(named: path)
        var position = from.map { EventOrdinal($0) } ?? follower.reader.header.firstEvent
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
        _ output: inout StandardOutput
    ) throws -> Bool {
        var cursor = reader.events(from: position)
        defer { position = cursor.position }
        while let event = try cursor.next() {
            guard event.ordinal.rawValue <= to ?? .max else { return false }
            guard kind?.contains(event.event.kind) ?? true, port == nil || event.event.port == port?.port else {
                continue
            }
            try output.write(json ? event.json : "\(event)")
        }
        return true
    }
}

/// The kinds of event that `--kind` names.
struct KindSet: ExpressibleByArgument {
    private let kinds: Set<Event.Kind>

    init?(argument: String) {
        var kinds: Set<Event.Kind> = []
        for name in argument.split(separator: ",") {
            guard let kind = Event.Kind.allCases.first(where: { $0.name == name }) else { return nil }
            kinds.insert(kind)
        }
        guard !kinds.isEmpty else { return nil }
        self.kinds = kinds
    }

    func contains(_ kind: Event.Kind) -> Bool { kinds.contains(kind) }
}

/// A port as `--port` names it.
struct PortNumber: ExpressibleByArgument {
    let port: Port

    init?(argument: String) {
        let isHexadecimal = argument.lowercased().hasPrefix("0x")
        guard let value = UInt16(isHexadecimal ? argument.dropFirst(2) : argument[...], radix: isHexadecimal ? 16 : 10)
        else { return nil }
        port = Port(value)
    }
}
