internal import ByteCoding
internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

/// What a replay knows of its machine's state: which keyframe's it was last, and what has changed since.
struct KnownState {
    /// Bytes of memory that may be filled.
    private let memoryLimit: UInt64
    private var tracker = StateTracker()
    /// What the trace stores of keyframes, held against their digests: of those too that are reached by executing.
    private var content = KeyframeContentCheck()
    /// Memory at the keyframe that was met last; nil before the first, when it is all zero.
    private var memory: KeyframeMemory?
    /// The digest of that keyframe.
    private(set) var digest = StateDigest(processor: .zero, memory: .zero)
    /// Pages whose content has changed since then.
    private var changedPages: Set<GuestPhysicalAddress> = []
    /// Pages that were written, where somebody wants to know: see ``takeWrittenPages(of:)``.
    private var writtenPages: Set<GuestPhysicalAddress>?

    init(memoryLimit: UInt64) { self.memoryLimit = memoryLimit }

    /// The pages that were not all zero when they were last captured.
    var pages: Set<GuestPhysicalAddress> { tracker.knownPages }

    /// The present state; remembers what has changed until the next keyframe is met.
    mutating func capture<P: Processor & ~Copyable>(
        _ processor: inout P
    ) throws(ReplayStop) -> StateTracker.Capture {
        let capture = try onEngine(tracker.capture(&processor))
        try allow(tracker.usedMemory)
        changedPages.formUnion(capture.changedPages)
        writtenPages?.formUnion(capture.writtenPages)
        return capture
    }

    /// Sees that so many bytes of memory may be filled.
    private func allow(_ bytes: UInt64) throws(ReplayStop) {
        guard bytes > memoryLimit else { return }
        throw .error(.tooMuchMemory(bytes, limit: memoryLimit))
    }

    /// The pages that were written since the last call, by the guest or a device; where a state was restored on the way, all
    /// that may have been. Of the first call, since the last capture.
    mutating func takeWrittenPages<P: Processor & ~Copyable>(
        of processor: inout P
    ) throws(ReplayStop) -> Set<GuestPhysicalAddress> {
        let pages = try onEngine(processor.takeDirtyPages(expecting: []))
        changedPages.formUnion(try onEngine(tracker.update(pages, in: processor.memory)))
        defer { writtenPages = [] }
        return writtenPages?.union(pages) ?? Set(pages)
    }
}

// MARK: Keyframes

extension KnownState {
    /// Holds what a keyframe stores against its own digest: executing proves the digest alone.
    mutating func check(_ keyframe: Keyframe) throws(ReplayStop) { try onTrace(content.check(keyframe)) }

    /// The machine is in a keyframe's state.
    mutating func stand(at keyframe: Keyframe) {
        (memory, digest) = (keyframe.memory, keyframe.digest)
        changedPages.removeAll(keepingCapacity: true)
    }

    /// The machine was put into a keyframe's state, and that is the recorded one.
    mutating func take(_ keyframe: Keyframe) { content.take(keyframe) }

    /// Puts a keyframe's processor and memory into the machine.
    ///
    /// Memory is as at the keyframe that was met last, or all zero, but for the pages that were changed since.
    mutating func restore<P: Processor & ~Copyable>(
        _ keyframe: Keyframe,
        into processor: inout P
    ) throws(ReplayStop) {
        try onEngine(processor.restore(keyframe.state))
        let dirty = try onEngine(processor.takeDirtyPages(expecting: []))
        let stale = changedPages.union(dirty).union(try pages(thatMayDifferFrom: keyframe))
        try allow(UInt64(stale.count) * UInt64(GuestMemory.pageSize))
        writtenPages?.formUnion(stale)
        try copy(stale, of: keyframe, to: processor.memory)
        stand(at: keyframe)
    }

    /// Makes pages of memory as they are at a keyframe.
    func copy(
        _ pages: some Collection<GuestPhysicalAddress>,
        of keyframe: Keyframe,
        to memory: GuestMemory
    ) throws(ReplayStop) {
        var recorded = keyframe.memory
        for address in pages {
            let bytes = try onTrace(recorded.page(at: address))
            try onMemory(at: keyframe.event, memory.write(bytes, at: address))
        }
    }

    /// The pages that may differ from a keyframe's, as far as the trace and the changes since the last one tell.
    func candidates(for keyframe: Keyframe) throws(ReplayStop) -> Set<GuestPhysicalAddress> {
        changedPages.union(try pages(thatMayDifferFrom: keyframe))
    }

    private func pages(thatMayDifferFrom keyframe: Keyframe) throws(ReplayStop) -> Set<GuestPhysicalAddress> {
        var recorded = keyframe.memory
        return try onTrace(recorded.pages(thatMayDifferFrom: memory))
    }

    /// The pages of memory that are not a keyframe's, by rising address, of all that either side has ever touched.
    func pages(
        of memory: GuestMemory,
        thatDifferFrom keyframe: Keyframe
    ) throws(ReplayStop) -> [GuestPhysicalAddress] {
        var (recorded, touched) = (keyframe.memory, pages)
        try onTrace(recorded.forEachPage { address, _ in touched.insert(address) })
        var differing: [GuestPhysicalAddress] = []
        for address in touched.sorted() {
            let expected = try onTrace(recorded.page(at: address))
            let actual = try onMemory(at: keyframe.event, memory.read(at: address, count: GuestMemory.pageSize))
            if expected != actual { differing.append(address) }
        }
        return differing
    }
}
