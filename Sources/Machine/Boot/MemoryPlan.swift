import Engine
internal import GuestMemory
import X86

/// Places everything a guest starts with in its memory. Parts cannot overlap, and memory must exist for all of them.
struct MemoryPlan {
    let map: MemoryMap
    private(set) var contents: [MemoryContent] = []
    /// The zeros that follow contents.
    private(set) var zeros: [GuestMemory.Stretch] = []
    /// What is taken, by rising address.
    private var taken: [(start: UInt64, end: UInt64, what: String)] = []

    /// Memory below this address is left to the guest, for trampolines to other modes and for the tables that firmware
    /// makes.
    static let guestsOwnEnd: UInt64 = 0x1_0000

    init(_ map: MemoryMap) {
        self.map = map
    }

    /// Puts bytes at an address that the guest's file gives, followed by zeros up to `size` bytes.
    mutating func put(
        _ bytes: [UInt8],
        size: UInt64,
        at address: UInt64,
        code: [CodeRange] = [],
        what: String
    ) throws(MachineError) {
        try take(address, size: max(size, UInt64(bytes.count)), what)
        let count = UInt64(bytes.count)
        if size > count {
            zeros.append(GuestMemory.Stretch(address: GuestPhysicalAddress(address + count), size: size - count))
        }
        guard !bytes.isEmpty else { return }
        contents.append(MemoryContent(address: GuestPhysicalAddress(address), bytes: bytes, code: code))
    }

    /// Where to put things that can lie anywhere.
    enum Preference {
        /// As high as possible below 640 KiB if it fits there; else above the guest's program.
        case conventional
        /// As low as possible above 1 MiB and above everything placed there so far.
        case aboveProgram
        /// As high as possible below a limit, which is one past the last byte.
        case highestBelow(UInt64)
    }

    /// Sets memory aside for `size` bytes; `alignment` is a power of two. It never chooses the first 64 KiB, which are
    /// the guest's.
    mutating func place(
        size: UInt64,
        alignment: UInt64,
        _ preference: Preference,
        what: String
    ) throws(MachineError) -> UInt64 {
        guard let address = find(size: max(size, 1), alignment: alignment, preference) else {
            throw .noRoom(for: what, bytes: size, memory: map.usable.reduce(0) { $0 + $1.size })
        }
        try take(address, size: max(size, 1), what)
        return address
    }

    /// Fills memory that ``place(size:alignment:_:what:)`` has set aside.
    mutating func fill(_ bytes: [UInt8], at address: UInt64) {
        guard !bytes.isEmpty else { return }
        contents.append(MemoryContent(address: GuestPhysicalAddress(address), bytes: bytes))
    }

    /// Places bytes, and returns their address.
    mutating func place(
        _ bytes: [UInt8],
        alignment: UInt64,
        _ preference: Preference,
        what: String
    ) throws(MachineError) -> UInt64 {
        let address = try place(size: UInt64(bytes.count), alignment: alignment, preference, what: what)
        fill(bytes, at: address)
        return address
    }

    /// Whether the guest may use `size` bytes at an address, and nothing is there yet.
    func isFree(_ address: UInt64, size: UInt64) -> Bool {
        let (end, overflow) = address.addingReportingOverflow(size)
        guard !overflow, map.usable.contains(where: { address >= $0.start && end <= $0.end }) else { return false }
        return !taken.contains { $0.start < end && address < $0.end }
    }

    private mutating func take(_ address: UInt64, size: UInt64, _ what: String) throws(MachineError) {
        guard size > 0 else { return }
        let (end, overflow) = address.addingReportingOverflow(size)
        guard !overflow, map.usable.contains(where: { address >= $0.start && end <= $0.end }) else {
            throw .outsideMemory(what: what, address: address, bytes: size)
        }
        if let other = taken.first(where: { $0.start < end && address < $0.end }) {
            throw .overlap(what, other.what, address: max(address, other.start))
        }
        let index = taken.firstIndex { $0.start > address } ?? taken.endIndex
        taken.insert((address, end, what), at: index)
    }

    private func find(size: UInt64, alignment: UInt64, _ preference: Preference) -> UInt64? {
        switch preference {
        case .conventional:
            highest(size, alignment, Self.guestsOwnEnd..<MemoryMap.conventionalEnd)
                ?? find(size: size, alignment: alignment, .aboveProgram)
        case .aboveProgram:
            lowest(size, alignment)
        case .highestBelow(let limit):
            limit > Self.guestsOwnEnd ? highest(size, alignment, Self.guestsOwnEnd..<limit) : nil
        }
    }

    /// The highest fit in a range of addresses below 4 GiB.
    private func highest(_ size: UInt64, _ alignment: UInt64, _ range: Range<UInt64>) -> UInt64? {
        for entry in map.usable.reversed() where entry.end <= PhysicalLayout.fourGiB {
            let start = max(entry.start, range.lowerBound)
            var end = min(entry.end, range.upperBound)
            while end > start, end - start >= size {
                let address = (end - size) & ~(alignment - 1)
                guard address >= start else { break }
                guard let other = taken.last(where: { $0.start < address + size && address < $0.end }) else {
                    return address
                }
                end = other.start
            }
        }
        return nil
    }

    /// The address for something of this size and alignment that may be anywhere from 1 MiB on.
    func lowestAddress(size: UInt64, alignment: UInt64) throws(MachineError) -> UInt64 {
        guard let address = lowest(size, alignment) else {
            throw .noRoom(for: "guest", bytes: size, memory: map.usable.reduce(0) { $0 + $1.size })
        }
        return address
    }

    /// The lowest fit from 1 MiB on, above everything in the first 4 GiB.
    private func lowest(_ size: UInt64, _ alignment: UInt64) -> UInt64? {
        let highestTaken = taken.last { $0.start < PhysicalLayout.fourGiB }?.end ?? 0
        let start = max(PhysicalLayout.oneMiB, highestTaken)
        let (above, overflow) = start.addingReportingOverflow(alignment - 1)
        guard !overflow else { return nil }
        let address = above & ~(alignment - 1)
        return isFree(address, size: size) && address + size <= PhysicalLayout.fourGiB ? address : nil
    }
}
