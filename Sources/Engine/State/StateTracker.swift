public import ByteCoding
public import GuestMemory
public import X86

/// Captures the whole state of a processor and its memory again and again. Each capture costs as much as has changed.
public struct StateTracker {
    private var memoryDigest = MemoryDigest()
    /// The pages that are expected to be written again, if they are tracked.
    private var hotPages: HotPages?

    /// Starts with memory that is all zero.
    ///
    /// - Parameter expectsRewrites: assume that pages that change often were written, without detecting it. This costs a
    ///   guest that rewrites pages less, and makes ``Capture/writtenPages`` larger for one that does not.
    public init(expectsRewrites: Bool = false) {
        hotPages = expectsRewrites ? HotPages() : nil
    }

    /// The pages that were not all zero when they were last captured.
    public var knownPages: Set<GuestPhysicalAddress> { memoryDigest.pagesInUse }

    /// The size of those pages in bytes.
    public var usedMemory: UInt64 { UInt64(memoryDigest.pageCount) * UInt64(GuestMemory.pageSize) }

    /// The whole state at one moment, with the pages whose content changed since the capture before.
    public struct Capture {
        /// The processor.
        public var state: ProcessorState
        /// The digest of the processor and all memory.
        public var digest: StateDigest
        /// The pages that differ from the capture before, by ascending address.
        public var changedPages: [GuestPhysicalAddress]
        /// The pages that were written since the capture before, by ascending address, whether their content changed or
        /// not. It may contain other pages if rewrites are expected.
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

    /// Takes pages that a processor reported as dirty into account; returns those whose content changed.
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
