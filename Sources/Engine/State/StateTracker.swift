public import ByteCoding
public import GuestMemory
public import X86

/// Captures a processor's and its memory's whole state again and again, each time in proportion to what changed.
public struct StateTracker {
    private var memoryDigest = MemoryDigest()
    /// What is expected to be written again, if anything.
    private var hotPages: HotPages?

    /// Starts with memory that is all zero.
    ///
    /// - Parameter expectsRewrites: takes pages that change often for written without finding out, which costs the
    ///   guest less where they are, and names more ``Capture/writtenPages`` where they are not.
    public init(expectsRewrites: Bool = false) {
        hotPages = expectsRewrites ? HotPages() : nil
    }

    /// The pages that were not all zero when they were last captured.
    public var knownPages: Set<GuestPhysicalAddress> { memoryDigest.pagesInUse }

    /// Bytes of those pages.
    public var usedMemory: UInt64 { UInt64(memoryDigest.pageCount) * UInt64(GuestMemory.pageSize) }

    /// The whole state at one moment, with the pages whose content changed since the capture before.
    public struct Capture {
        /// The processor.
        public var state: ProcessorState
        /// Of the processor and all memory.
        public var digest: StateDigest
        /// The pages that differ from the capture before, by rising address.
        public var changedPages: [GuestPhysicalAddress]
        /// The pages that were written since the capture before, by rising address: those that changed, and those that were
        /// left or became again what they had been. More than were written where rewrites are expected.
        public var writtenPages: [GuestPhysicalAddress]
    }

    /// Captures the present state, completing a pending access first.
    public mutating func capture<P: Processor & ~Copyable>(_ processor: inout P) throws(EngineError) -> Capture {
        try processor.completePendingAccess()
        let state = try processor.state()
        let written = try processor.takeDirtyPages(expecting: hotPages?.pages ?? [])
        let changed = try update(written, in: processor.memory)
        hotPages?.update(changed: changed)
        let digest = StateDigest(processor: state.digest, memory: memoryDigest.value)
        return Capture(state: state, digest: digest, changedPages: changed, writtenPages: written)
    }

    /// Takes pages into account that were taken from a processor as dirty; gives those whose content changed.
    public mutating func update(
        _ pages: [GuestPhysicalAddress],
        in memory: GuestMemory
    ) throws(EngineError) -> [GuestPhysicalAddress] {
        var changed: [GuestPhysicalAddress] = []
        do {
            for page in pages where try memoryDigest.update(page: page, in: memory) { changed.append(page) }
        } catch {
            throw .memory(error)
        }
        return changed
    }
}

extension ProcessorState {
    /// The digest of the canonical encoding.
    public var digest: Digest128 {
        var writer = ByteWriter(capacity: 2048)
        encode(to: &writer)
        return Digest128(hashing: writer.bytes.rawSpan)
    }
}
