/// A table of 65,536 numbers of 16 bits, all of which can be set to 0 without writing to them: each entry says in which
/// generation it was written.
struct GenerationTable {
    private var entries = [UInt32](repeating: 0, count: 1 << 16)
    /// The upper half of each entry that was written since the last reset. It is never 0, so a new table holds zeros.
    private var generation: UInt32 = 1 << 16

    /// The number in a slot below 65,536.
    subscript(slot: Int) -> UInt16 {
        get {
            let entry = entries[slot]
            return entry & 0xFFFF_0000 == generation ? UInt16(truncatingIfNeeded: entry) : 0
        }
        set { entries[slot] = generation | UInt32(newValue) }
    }

    /// Sets all numbers to 0.
    mutating func reset() {
        generation &+= 1 << 16
        guard generation == 0 else { return }
        // The generations begin again, and entries of the last time would count as new.
        for slot in entries.indices { entries[slot] = 0 }
        generation = 1 << 16
    }
}
