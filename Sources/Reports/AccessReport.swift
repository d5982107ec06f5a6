internal import TraceFormat
internal import X86

/// How often a guest used a port, an address outside memory, or a model-specific register.
public struct AccessReport: Codable, Hashable, Sendable {
    /// What it is.
    public enum Kind: String, Codable, Hashable, Sendable {
        case port
        case memory
        case register
    }

    /// What it is.
    public var kind: Kind
    /// Its number, in hexadecimal.
    public var place: String
    /// What is usually there; nil if that is unknown.
    public var name: String?
    /// How often the guest read it.
    public var reads: UInt64
    /// How often the guest wrote to it.
    public var writes: UInt64
    /// When it was first used, in milliseconds since the recording began.
    public var first: UInt64
    /// When it was last used.
    public var last: UInt64
    /// How often it was used in each of equal parts of the run's time.
    public var history: [UInt64]
}

extension AccessReport {
    fileprivate mutating func add(_ writes: Bool, at time: UInt64, _ part: Int) {
        if writes { self.writes += 1 } else { reads += 1 }
        last = time
        history[part] += 1
    }
}

/// Counts accesses by place, event by event.
struct AccessCounter {
    /// How many places are counted one by one. A guest can use very many, and a report lists few.
    private static let mostPlaces = 65_536
    /// Into how many parts the run's time is divided.
    private static let parts = 64

    private struct Place: Hashable {
        var kind: AccessReport.Kind
        var number: UInt64
    }

    private let board: String
    private let range: (start: UInt64, end: UInt64)
    private var reports: [Place: AccessReport] = [:]
    /// How many accesses there were to places beyond those that are counted one by one.
    private(set) var uncounted: UInt64 = 0

    init(board: String, start: UInt64, end: UInt64) {
        self.board = board
        range = (start, end)
    }

    mutating func add(_ recorded: RecordedEvent) {
        let access: (place: Place, writes: Bool)
        switch recorded.event {
        case .portRead(let port): access = (Place(kind: .port, number: UInt64(port.port.rawValue)), false)
        case .portWrite(let port): access = (Place(kind: .port, number: UInt64(port.port.rawValue)), true)
        case .memoryRead(let memory): access = (Place(kind: .memory, number: memory.address.rawValue), false)
        case .memoryWrite(let memory): access = (Place(kind: .memory, number: memory.address.rawValue), true)
        case .readMSR(let index, _): access = (Place(kind: .register, number: UInt64(index)), false)
        case .writeMSR(let index, _, _): access = (Place(kind: .register, number: UInt64(index)), true)
        default: return
        }
        let time = UInt64(recorded.time)
        if reports[access.place] == nil {
            guard reports.count < Self.mostPlaces else {
                uncounted += 1
                return
            }
            reports[access.place] = new(access.place, time)
        }
        let part = Int(min(UInt64(Self.parts - 1), (time - min(time, range.start)) * UInt64(Self.parts) / length))
        reports[access.place]?.add(access.writes, at: time, part)
    }

    private var length: UInt64 { max(1, range.end - range.start) }

    private func new(_ place: Place, _ time: UInt64) -> AccessReport {
        let name =
            switch place.kind {
            case .port: PlaceNames.name(of: Port(UInt16(truncatingIfNeeded: place.number)), on: board)
            case .memory: PlaceNames.name(of: GuestPhysicalAddress(place.number))
            case .register: String?.none
            }
        return AccessReport(
            kind: place.kind,
            place: "0x" + String(place.number, radix: 16),
            name: name,
            reads: 0,
            writes: 0,
            first: time,
            last: time,
            history: Array(repeating: 0, count: Self.parts)
        )
    }

    /// The places that were used most, at most `limit` of them, and how many accesses there were to others.
    func finish(limit: Int) -> (reports: [AccessReport], others: UInt64) {
        let all = reports.values.sorted {
            ($0.reads + $0.writes, $1.place.count, $1.place) > ($1.reads + $1.writes, $0.place.count, $0.place)
        }
        let others = all.dropFirst(limit).reduce(uncounted) { $0 + $1.reads + $1.writes }
        return (Array(all.prefix(limit)), others)
    }
}
