/// The translations of the address spaces that the processor was in last, each with its own translation buffers.
///
/// A switch between two of them costs as much as finding the other. That is allowed without PCID too, because translations never
/// differ from the page tables: see `CPU+Tables.swift`. An operating system that keeps user mode's page tables apart switches at
/// each system call and interrupt.
struct AddressSpaces {
    /// How many are remembered.
    static let count = 8
    private static let entryCount = TranslationSet.allCases.count * TranslationSet.entryCount
    private static let byteCount = entryCount * MemoryLayout<Translation>.stride

    private let buffers = HostMapping(byteCount: count * byteCount)
    /// For each space, which of its entries have been used: so that forgetting costs no more than was remembered.
    private let lists = HostMapping(byteCount: count * entryCount * MemoryLayout<UInt16>.stride)
    private var spaces = InlineArray<8, AddressSpace>(repeating: AddressSpace())
    private var current = 0
    private var switches: UInt64 = 0
    private var lastGeneration: UInt64 = 0

    /// Differs from another moment's if anything that branches know of code may be another: an address space, a translation of
    /// code, the code.
    var generation: UInt64 { spaces[current].generation }

    /// Address of a buffer of the present space.
    func address(of set: TranslationSet) -> UInt {
        buffers.address + UInt(current * Self.byteCount + set.rawValue * TranslationSet.byteCount)
    }

    /// Goes to the space of these page tables; one that is not remembered begins empty, in the place of the one that has not been
    /// used for longest.
    mutating func enter(_ root: UInt64) {
        switches &+= 1
        var oldest = 0
        for index in 0..<Self.count {
            if spaces[index].root == root {
                current = index
                spaces[index].lastUse = switches
                return
            }
            if spaces[index].lastUse < spaces[oldest].lastUse { oldest = index }
        }
        forget(oldest)
        current = oldest
        spaces[oldest].root = root
        spaces[oldest].lastUse = switches
        spaces[oldest].generation = nextGeneration()
    }

    /// Forgets all translations of all spaces; the present one is that of these page tables from now on.
    mutating func empty(root: UInt64) {
        for index in 0..<Self.count {
            if index == current || spaces[index].isReady { forget(index) }
            spaces[index].root = AddressSpace.none
        }
        spaces[current].root = root
        renew()
    }

    /// Lets branches forget what they know of code, in all spaces.
    mutating func renew() {
        for index in 0..<Self.count { spaces[index].generation = nextGeneration() }
    }

    private mutating func nextGeneration() -> UInt64 {
        lastGeneration &+= 1
        return lastGeneration
    }

    /// Makes all entries of a space lead nowhere. Those of a space that was never used are zeros, which is a page that exists.
    private mutating func forget(_ index: Int) {
        if !spaces[index].isReady {
            for number in 0..<Self.entryCount { unsafe entry(index, number).initialize(to: Translation()) }
            spaces[index].isReady = true
        }
        for position in 0..<spaces[index].used { unsafe entry(index, listed(index, position)).pointee = Translation() }
        spaces[index].used = 0
    }

    /// Notes that an entry of the present space is used from now on.
    mutating func note(_ entry: UnsafeMutablePointer<Translation>) {
        guard unsafe !entry.pointee.isListed else { return }
        unsafe entry.pointee.isListed = true
        let start = buffers.address + UInt(current * Self.byteCount)
        let number = (UInt(bitPattern: entry) - start) / UInt(MemoryLayout<Translation>.stride)
        let position = current * Self.entryCount + spaces[current].used
        // SAFETY: each entry is in the list once, and there is room for all.
        unsafe lists.start.storeBytes(of: UInt16(number), toByteOffset: position * 2, as: UInt16.self)
        spaces[current].used += 1
    }

    /// Calls for each entry that is used, in all spaces.
    func forEachUsed(_ body: (UnsafeMutablePointer<Translation>) -> Void) {
        for index in 0..<Self.count {
            for position in 0..<spaces[index].used { unsafe body(entry(index, listed(index, position))) }
        }
    }

    private func listed(_ index: Int, _ position: Int) -> Int {
        // SAFETY: the list holds as many as are used.
        Int(unsafe lists.start.load(fromByteOffset: (index * Self.entryCount + position) * 2, as: UInt16.self))
    }

    private func entry(_ index: Int, _ number: Int) -> UnsafeMutablePointer<Translation> {
        // SAFETY: the mapping holds entryCount entries for each space, and numbers are below that.
        unsafe buffers.start.assumingMemoryBound(to: Translation.self) + (index * Self.entryCount + number)
    }

    func release() {
        buffers.unmap()
        lists.unmap()
    }
}

/// One of ``AddressSpaces``.
private struct AddressSpace {
    /// Physical address of its page tables.
    var root = none
    var generation: UInt64 = 0
    /// ``AddressSpaces/switches`` when it was entered last.
    var lastUse: UInt64 = 0
    /// Entries that are used.
    var used = 0
    /// All entries are translations: see ``AddressSpaces/forget(_:)``.
    var isReady = false

    /// No address of page tables.
    static let none: UInt64 = 1
}
