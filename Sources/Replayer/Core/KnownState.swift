internal import ByteCoding
internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

/// What a replay knows about its machine's state: at which keyframe it was last, and what has changed since.
struct KnownState {
    /// How many bytes of memory may be filled.
    private let memoryLimit: UInt64
    private var tracker = StateTracker()
    /// Checks what the trace stores of keyframes against their digests, also for keyframes that are reached by
    /// executing.
    private var content = KeyframeContentCheck()
    /// Memory at the last keyframe that was reached; nil before the first one, when memory is all zero.
    private var memory: KeyframeMemory?
    /// The digest of that keyframe.
    private(set) var digest = StateDigest(processor: .zero, memory: .zero)
    /// Pages whose content has changed since that keyframe.
    private var changedPages: Set<GuestPhysicalAddress> = []
    /// Pages that were written, collected only on request: see ``takeWrittenPages(of:)``.
    private var writtenPages: Set<GuestPhysicalAddress>?

    init(memoryLimit: UInt64) { self.memoryLimit = memoryLimit }

    /// The pages that were not all zero when they were last captured.
    var pages: Set<GuestPhysicalAddress> { tracker.knownPages }

    /// Captures the present state, and remembers what has changed until the next keyframe is reached.
    mutating func capture<P: Processor & ~Copyable>(
        _ processor: inout P
    ) throws(ReplayStop) -> StateTracker.Capture {
        let capture = try onEngine(tracker.capture(&processor))
        try allow(tracker.usedMemory)
        changedPages.formUnion(capture.changedPages)
        writtenPages?.formUnion(capture.writtenPages)
        return capture
    }

    /// Checks that this many bytes of memory may be filled.
    private func allow(_ bytes: UInt64) throws(ReplayStop) {
        guard bytes > memoryLimit else { return }
        throw .error(.tooMuchMemory(bytes, limit: memoryLimit))
    }

    /// The pages that the guest or a device has written since the last call. If a state was restored in between, these
    /// are all pages that may have been written. The first call returns the pages written since the last capture.
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
    /// Checks what a keyframe stores against the keyframe's own digest. Executing proves only the digest.
    mutating func check(_ keyframe: Keyframe) throws(ReplayStop) { try onTrace(content.check(keyframe)) }

    /// Notes that the machine is in a keyframe's state.
    mutating func stand(at keyframe: Keyframe) {
        (memory, digest) = (keyframe.memory, keyframe.digest)
        changedPages.removeAll(keepingCapacity: true)
    }

    /// Notes that the machine was put into a keyframe's state, which is the recorded one.
    mutating func take(_ keyframe: Keyframe) { content.take(keyframe) }

    /// Puts a keyframe's processor and memory into the machine.
    ///
    /// Memory must be as it was at the last keyframe that was reached, or all zero, except for the pages that have
    /// changed since.
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

    /// Changes pages of memory to their content at a keyframe.
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

    /// The pages that may differ from a keyframe's, judging by the trace and the changes since the last keyframe.
    func candidates(for keyframe: Keyframe) throws(ReplayStop) -> Set<GuestPhysicalAddress> {
        changedPages.union(try pages(thatMayDifferFrom: keyframe))
    }

    private func pages(thatMayDifferFrom keyframe: Keyframe) throws(ReplayStop) -> Set<GuestPhysicalAddress> {
        var recorded = keyframe.memory
        return try onTrace(recorded.pages(thatMayDifferFrom: memory))
    }

    /// The pages of memory that differ from a keyframe's, in ascending order of address. Checks all pages that either
    /// side has ever touched.
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
