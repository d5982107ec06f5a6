internal import CZydis
internal import X86

/// What is around the registers: the memory map, the translation buffers, decoded code, and tables.
struct Surroundings {
    var regions: [RegionRecord] = []
    /// Tables of pages of all regions, in the order of ``regions``.
    var pageTables: [HostMapping] = []
    /// Memory whose accesses end a run.
    var watches: [MemoryWatch] = []
    /// Linear addresses of instructions in front of which a run ends.
    var stops: Set<UInt64> = []
    /// Offsets in the code segment, whichever it is, of instructions in front of which a run ends.
    var offsetStops: Set<UInt64> = []
    /// The bases that the code segment has had since there are ``offsetStops``.
    var codeBases: Set<UInt64> = []
    /// For each offset in a page whether an address of ``stops`` or ``offsetStops`` has it.
    var stopOffsets = InlineArray<64, UInt64>(repeating: 0)
    /// The transfers that nobody has taken yet. The last of them may not be counted: see ``Watching/hasTransfers``.
    var transfers: [ControlTransfer] = []
    var dirtyPages: PageList
    /// Pages that are ``PageRecord/tables``.
    var tablePages: PageList
    /// Pages that are ``PageRecord/translated``.
    var translatedPages: PageList
    var spaces = AddressSpaces()
    /// Stores to pages of tables since all translations were forgotten.
    var tableStores = 0
    let recent = HostMapping(byteCount: RecentBlock.count * MemoryLayout<RecentBlock>.stride)
    var arena = CodeArena()
    var configuration = SoftConfiguration()
    /// The leaves of CPUID that have been read; nil if they were too many to be kept.
    var readLeaves: Set<UInt32>? = []
    /// The registers with which alone runs end in front of an instruction, if any: general, RIP, RFLAGS.
    var sought: [UInt64]?
    /// Whether blocks that begin with one of ``stops`` compare the general registers with these themselves.
    var checksInBlocks = false
    /// One for each size of code: 16, 32, 64.
    var decoders = Decoders()

    /// Gives all mappings back.
    func release() {
        for table in pageTables { table.unmap() }
        dirtyPages.release()
        tablePages.release()
        translatedPages.release()
        spaces.release()
        recent.unmap()
        arena.release()
    }
}

extension CPU {
    /// What is around the registers.
    var around: Surroundings {
        // SAFETY: the run loop's owner stores the address of initialised surroundings that live as long as the registers.
        unsafeAddress {
            unsafe UnsafePointer(bitPattern: state.surroundings).unsafelyUnwrapped
        }
        nonmutating unsafeMutableAddress {
            unsafe UnsafeMutablePointer(bitPattern: state.surroundings).unsafelyUnwrapped
        }
    }
}
