public import Engine
internal import GuestMemory
public import TraceFormat
internal import X86

/// Finds every write to a stretch of memory, whether it changes anything or not.
///
/// Needs an engine that notices accesses to watched memory. The guest runs freely in between.
public struct MemoryWrites<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    private var debugger: Debugger<P>
    private let listing: CodeListing
    private let watched: WatchedMemory
    private let end: Moment
    /// The bytes of each piece of ``watched`` before the next write.
    private var known: [[UInt8]]

    /// Begins at the debugger's moment.
    ///
    /// - Throws: `.cannotNote` if the engine does not notice accesses.
    public init(
        _ debugger: consuming Debugger<P>,
        to watched: WatchedMemory,
        until end: Moment,
        _ listing: CodeListing
    ) throws(TimelineError) {
        guard debugger.watchesReads else { throw .cannotNote }
        (self.watched, self.end, self.listing) = (watched, end, listing)
        debugger.watched = [WatchedPlace(watched, includesReads: false)]
        debugger.keepsCheckpoints = false
        known = watched.pieceBytes(in: debugger.timeline.memory)
        self.debugger = debugger
    }

    /// Goes on to the next write; nil if there is none.
    public mutating func next(isInterrupted: () -> Bool) throws(TimelineError) -> MemoryWrite? {
        while true {
            debugger.lastHit = nil
            guard case .watch = try debugger.run(to: end, isInterrupted: isInterrupted), let moment = debugger.moment
            else { return nil }
            let old = known
            known = watched.pieceBytes(in: debugger.timeline.memory)
            guard let (address, count) = try place(at: moment) else { continue }
            guard let before = watched.bytes(at: address, count: count, among: old),
                let after = watched.bytes(at: address, count: count, among: known)
            else { continue }
            return MemoryWrite(moment: moment, address: address, old: before, new: after, cause: try cause(at: moment))
        }
    }

    /// What was written.
    private func place(at moment: Moment) throws(TimelineError) -> (GuestPhysicalAddress, count: Int)? {
        if let hit = debugger.lastHit { return (hit.address, hit.count) }
        let recorded = try fromTrace(debugger.reader.event(at: moment.event))
        guard case .deviceWrite(let address, let bytes) = recorded.event else { return nil }
        return watched.firstPart(of: address, count: bytes.count)
    }

    private mutating func cause(at moment: Moment) throws(TimelineError) -> ChangeCause {
        let recorded = try fromTrace(debugger.reader.event(at: moment.event))
        guard let hit = debugger.lastHit else { return .event(recorded) }
        guard let address = hit.instruction else { return .delivery(recorded) }
        let line = try debugger.timeline.line(at: address, listing)
        return moment.instructions == 0 ? .access(recorded, line) : .instruction(line)
    }
}

extension WatchedMemory {
    /// The bytes of each piece.
    fileprivate func pieceBytes(in memory: GuestMemory) -> [[UInt8]] {
        pieces.map { (try? memory.read(at: $0.address, count: $0.count)) ?? [] }
    }

    /// Bytes of one piece, out of those of all.
    fileprivate func bytes(at address: GuestPhysicalAddress, count: Int, among known: [[UInt8]]) -> [UInt8]? {
        for (piece, bytes) in zip(pieces, known) {
            let offset = address.rawValue &- piece.address.rawValue
            guard offset < UInt64(bytes.count) else { continue }
            return Array(bytes[Int(offset)..<min(bytes.count, Int(offset) + count)])
        }
        return nil
    }

    /// The first watched bytes of a stretch of memory.
    fileprivate func firstPart(of address: GuestPhysicalAddress, count: Int) -> (GuestPhysicalAddress, count: Int)? {
        for piece in pieces {
            let first = max(piece.address.rawValue, address.rawValue)
            let last = min(piece.address.rawValue + UInt64(piece.count), address.rawValue + UInt64(count))
            if first < last { return (GuestPhysicalAddress(first), Int(last - first)) }
        }
        return nil
    }
}
