internal import GuestMemory
internal import TraceFormat
internal import X86

/// The checkpoints of one epoch, from its keyframe on.
///
/// Each keeps the pages that were written since the one before. So a page at a checkpoint is in the last one at or before
/// it that has the page, or else in the keyframe.
struct CheckpointChain {
    /// The most checkpoints that are kept. Where there would be more, every second one goes.
    private static let mostCheckpoints = 256
    /// The most pages that are kept, 256 MiB.
    private static let mostPages = 65_536

    /// The keyframe with which the epoch begins.
    let keyframe: Int
    private var base: KeyframeMemory
    private(set) var checkpoints: [Checkpoint]
    /// The checkpoint from which on the written pages are known.
    private(set) var anchor = 0
    /// The pages that have been written since the anchor, as far as anybody has asked.
    private var written: Set<GuestPhysicalAddress> = []

    /// A chain with the epoch's beginning alone.
    init(_ keyframe: Int, _ memory: KeyframeMemory, _ beginning: Checkpoint) {
        (self.keyframe, base, checkpoints) = (keyframe, memory, [beginning])
    }

    /// The last checkpoint that is at a moment or before it.
    func index(before moment: Moment) -> Int? { checkpoints.lastIndex { $0.moment <= moment } }

    /// Notes pages that were written since the last call.
    mutating func note(written pages: Set<GuestPhysicalAddress>) { written.formUnion(pages) }

    /// The pages that a checkpoint which is made now has to keep.
    var pagesToKeep: Set<GuestPhysicalAddress> { written }

    /// Adds a checkpoint, whose pages are the ``pagesToKeep``.
    mutating func add(_ checkpoint: Checkpoint) {
        let place = checkpoints.firstIndex { $0.moment >= checkpoint.moment } ?? checkpoints.count
        if place < checkpoints.count, checkpoints[place].moment == checkpoint.moment { return }
        checkpoints.insert(checkpoint, at: place)
        (anchor, written) = (place, [])
        let pages = checkpoints.reduce(0) { $0 + $1.pages.count }
        if checkpoints.count > Self.mostCheckpoints || pages > Self.mostPages { thin() }
    }

    /// Drops every second checkpoint, but not the first or the anchor. What they keep goes to the next.
    private mutating func thin() {
        var kept: [Checkpoint] = []
        var pending: [GuestPhysicalAddress: [UInt8]] = [:]
        var newAnchor = 0
        for (index, checkpoint) in checkpoints.enumerated() {
            guard index % 2 == 0 || index == anchor else {
                pending.merge(checkpoint.pages) { _, new in new }
                continue
            }
            var checkpoint = checkpoint
            checkpoint.pages.merge(pending) { own, _ in own }
            pending = [:]
            if index == anchor { newAnchor = kept.count }
            kept.append(checkpoint)
        }
        // Those behind the last one that is kept are gone with their pages: nothing refers to them.
        (checkpoints, anchor) = (kept, newAnchor)
    }

    /// Moves the anchor to a checkpoint, and returns the pages that may be different there from what they are now, each
    /// with its content there.
    mutating func move(to index: Int) throws(TraceError) -> [(GuestPhysicalAddress, [UInt8])] {
        var stale = written
        let between = index <= anchor ? index + 1..<anchor + 1 : anchor + 1..<index + 1
        for number in between { stale.formUnion(checkpoints[number].pages.keys) }
        (anchor, written) = (index, [])
        var result: [(GuestPhysicalAddress, [UInt8])] = []
        result.reserveCapacity(stale.count)
        for address in stale { result.append((address, try page(address, at: index))) }
        return result
    }

    private mutating func page(_ address: GuestPhysicalAddress, at index: Int) throws(TraceError) -> [UInt8] {
        for checkpoint in checkpoints[...index].reversed() {
            if let bytes = checkpoint.pages[address] { return bytes }
        }
        return try base.page(at: address)
    }
}
