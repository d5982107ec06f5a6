import X86

/// Numbers that a writer never exceeds and above which a reader refuses a file. All are part of the format.
enum Limits {
    /// Bytes in one chunk's payload, packed or unpacked.
    static let chunkBytes = 16 << 20
    /// One past the highest event ordinal, so low that no sum or difference of ordinals and counts can overflow.
    static let eventOrdinals: UInt64 = 1 << 62
    /// Events in one chunk.
    static let eventsPerChunk = 16384
    /// Bytes of one device write, or of one device read that is kept as a whole.
    static let deviceWriteBytes = 65536
    /// Bytes of a digest.
    static let digestBytes = 16
    /// Bytes of device accesses after which an event chunk is ended.
    static let payloadBytesPerChunk = 1 << 20
    /// Bytes of a page.
    static let pageBytes = 4096
    /// The unit, in bytes, in which changes of a page are stored.
    static let lineBytes = 64
    /// Pages in one page chunk.
    static let pagesPerChunk = 64
    /// How many differences may be stacked before a page is stored whole.
    static let pageDeltaDepth = 8
    /// Entries in one page table.
    static let pageTableEntries = 16384
    /// Entries in one index chunk.
    static let indexEntries = 1024
    /// The number of keyframes from one whole processor state to the next.
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
    /// One past the most instructions between two events, so low that sums cannot overflow.
    static let instructionCounts: UInt64 = 1 << 62
    /// Code patches.
    static let codePatches = 65536
    /// Bytes of one instruction.
    static let instructionBytes = 15
    /// Kinds of instructions that were completed for the host.
    static let completedInstructions = 256
    /// Bytes of such a kind's name.
    static let completedNameBytes = 32
    /// Leaves of CPUID that a guest has read.
    static let readLeaves = 256
    /// Guest symbols.
    static let symbols = 1 << 20
    /// Bytes of symbols after which a symbol chunk is ended.
    static let symbolBytesPerChunk = 1 << 20
    /// Bytes of all symbols.
    static let symbolBytes = 64 << 20
    /// How many bytes one stored byte of a chunk may unpack to; no LZ4 block unpacks to more, and a zstd frame that does is not
    /// written.
    static let unpackedPerStoredByte = 255
}
