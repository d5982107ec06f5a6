import X86

/// The numbers that a writer never exceeds and a reader never believes beyond; all are part of the format.
enum Limits {
    /// Bytes of one chunk's payload, packed or unpacked.
    static let chunkBytes = 16 << 20
    /// One past the highest ordinal of an event: no sum or difference of ordinals and counts comes near where numbers end.
    static let eventOrdinals: UInt64 = 1 << 62
    /// Events in one chunk.
    static let eventsPerChunk = 16384
    /// Bytes of one device write, or of one device read that is kept whole.
    static let deviceWriteBytes = 65536
    /// Bytes of a digest.
    static let digestBytes = 16
    /// Bytes of device accesses after which an event chunk is closed.
    static let payloadBytesPerChunk = 1 << 20
    /// Bytes of a page.
    static let pageBytes = 4096
    /// Bytes of the unit in which a page's changes are stored.
    static let lineBytes = 64
    /// Pages in one page chunk.
    static let pagesPerChunk = 64
    /// Differences that may be stacked before a page is stored whole.
    static let pageDeltaDepth = 8
    /// Entries in one page table.
    static let pageTableEntries = 16384
    /// Entries in one index chunk.
    static let indexEntries = 1024
    /// Keyframes from one whole processor state to the next.
    static let stateAnchorInterval: UInt32 = 64
    /// Bytes of the canonical encoding of a processor's state.
    static let stateBytes = 2 << 20
    /// One past the highest guest-physical address.
    static let memoryTop: UInt64 = 1 << 40
    /// Memory regions.
    static let memoryRegions = 1024
    /// CPUID entries.
    static let cpuidEntries = 1024
    /// Bytes of a short text: names, options, notes.
    static let textBytes = 4096
    /// Items in a list of texts.
    static let textItems = 4096
    /// Bytes of the name of a processor's vendor.
    static let vendorBytes = 12
    /// One past the most instructions between two events: sums stay far from where numbers end.
    static let instructionCounts: UInt64 = 1 << 62
    /// Code patches.
    static let codePatches = 65536
    /// Bytes of one instruction.
    static let instructionBytes = 15
    /// Kinds of instructions that were completed for the host.
    static let completedInstructions = 256
    /// Bytes of such a kind's name.
    static let completedNameBytes = 32
    /// Guest symbols.
    static let symbols = 1 << 20
    /// Bytes of symbols after which a symbol chunk is closed.
    static let symbolBytesPerChunk = 1 << 20
    /// Bytes of all symbols.
    static let symbolBytes = 64 << 20
    /// Bytes that one stored byte of a chunk may become: no LZ4 block unpacks to more.
    static let unpackedPerStoredByte = 255
}
