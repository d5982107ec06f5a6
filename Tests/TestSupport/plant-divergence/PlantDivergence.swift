import Glibc
import SystemPackage
import TraceFormat

/// Copies a trace and changes its first port write at or after an event, so that it is not what the guest did:
/// `plant-divergence TRACE EVENT COPY`. The copy is whole, so only a replay can find the change. Prints the event.
@main
enum PlantDivergence {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let first = UInt64(arguments[2]) else {
            fail(EX_USAGE, "usage: plant-divergence TRACE EVENT COPY")
        }
        do {
            let reader = try TraceReader(path: FilePath(arguments[1]))
            guard let target = try portWrite(in: reader, from: EventOrdinal(first)) else {
                fail(EX_DATAERR, "\(arguments[1]) has no port write from event \(first) on")
            }
            try reader.copy(to: FilePath(arguments[3])) { $0.ordinal == target ? changed($0) : $0 }
            print(target)
        } catch {
            fail(EX_DATAERR, "\(error)")
        }
    }

    private static func portWrite(
        in reader: TraceReader,
        from first: EventOrdinal
    ) throws(TraceError) -> EventOrdinal? {
        var cursor = reader.events(from: first)
        while let recorded = try cursor.next() {
            if recorded.event.kind == .portWrite { return recorded.ordinal }
        }
        return nil
    }

    private static func changed(_ recorded: RecordedEvent) -> RecordedEvent {
        guard case .portWrite(var access) = recorded.event else { return recorded }
        var changed = recorded
        access.value ^= 1
        changed.event = .portWrite(access)
        return changed
    }

    private static func fail(_ status: Int32, _ message: String) -> Never {
        _ = try? FileDescriptor.standardError.writeAll("plant-divergence: \(message)\n".utf8)
        exit(status)
    }
}
