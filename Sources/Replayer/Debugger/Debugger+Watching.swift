internal import Engine
internal import TraceFormat
internal import X86

extension Debugger where P: ~Copyable {
    /// Lets breakpoints and watched memory stop the guest from here on, or not.
    mutating func observe(_ observing: Bool) {
        isObserving = observing
        transfers.arePossible = timeline.core.processor.noteTransfers(observing ? transfers.wanted : [])
        _ = timeline.core.processor.setSearchStops(observing ? searchStops : SearchStops())
        let watches = observing ? watched.flatMap(\.watches) : []
        if !timeline.core.processor.setWatches(watches) { snapshot = observing ? watchedBytes() : [] }
        _ = timeline.core.processor.takeWatchHit()
    }

    /// What watched memory has been accessed since the last look.
    mutating func takeHit() -> DebuggerStop? {
        if let hit = timeline.core.processor.takeWatchHit() {
            lastHit = hit
            return watched.firstIndex { $0.memory.overlaps(hit.address, count: hit.count) }.map { .watch($0) }
        }
        guard !snapshot.isEmpty else { return nil }
        let present = watchedBytes()
        defer { snapshot = present }
        return zip(present, snapshot).enumerated().first { $1.0 != $1.1 }.map { .watch($0.offset) }
    }

    private func watchedBytes() -> [[UInt8]] { watched.map { $0.memory.bytes(in: timeline.memory) ?? [] } }

    /// Which watched memory a device has written to with an event.
    mutating func written(by event: RecordedEvent) -> DebuggerStop? {
        guard case .deviceWrite(let address, let bytes) = event.event else { return nil }
        lastHit = nil
        return watched.firstIndex { $0.memory.overlaps(address, count: bytes.count) }.map { .watch($0) }
    }
}

extension WatchedPlace {
    /// The place as an engine is told of it.
    fileprivate var watches: [MemoryWatch] {
        memory.pieces.map { MemoryWatch(address: $0.address, count: $0.count, includesReads: includesReads) }
    }
}
