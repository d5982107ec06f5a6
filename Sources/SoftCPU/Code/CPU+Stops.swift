internal import X86

// A block never goes over an instruction in front of which a run may end, and one that begins with such an instruction is not
// entered by other blocks. Blocks are found by physical address and these instructions by linear address, so all whose
// offset in a page is the same are treated alike; the loop compares the whole address.
extension CPU {
    /// Whether a block must not go over an instruction at a physical address.
    func isStop(at physical: UInt64) -> Bool {
        state.watching.hasStops && around.stopOffsets[Int(physical >> 6 & 63)] >> (physical & 63) & 1 != 0
    }

    /// Ends blocks in front of ``Surroundings/offsetStops`` in the present code segment too. Whatever loads the segment returns to
    /// the loop, which calls this.
    func noteCodeBase() {
        let base = state.mode.hasFlatCode ? 0 : state.segments[SegmentNumber.cs].base
        guard around.codeBases.insert(base).inserted else { return }
        updateStops()
    }

    /// Ends blocks in front of ``Surroundings/stops`` and the breakpoints of the debug registers, and in front of no others.
    func updateStops() {
        var stops = around.stops.union(codeBreakpoints)
        for base in around.codeBases {
            for offset in around.offsetStops { stops.insert(base == 0 ? offset : (base &+ offset) & 0xFFFF_FFFF) }
        }
        var offsets = InlineArray<64, UInt64>(repeating: 0)
        for stop in stops { offsets[Int(stop >> 6 & 63)] |= 1 << (stop & 63) }
        let changed = (0..<4096).filter { (offsets[$0 >> 6] ^ around.stopOffsets[$0 >> 6]) >> ($0 & 63) & 1 != 0 }
        around.stopOffsets = offsets
        state.watching.hasStops = !stops.isEmpty || !around.offsetStops.isEmpty
        guard !changed.isEmpty else { return }
        for (physical, offset) in around.arena.places(ofOffsets: changed) {
            guard let page = hostPage(physical) else { continue }
            forgetBlocks(in: page, offset: offset, count: 1)
        }
    }
}

extension CodeArena {
    /// Pages that have blocks with a byte at one of these offsets, and the offset.
    fileprivate func places(ofOffsets offsets: [Int]) -> [(UInt64, Int)] {
        var result: [(UInt64, Int)] = []
        guard used > 64 else { return result }
        for hash in 0..<Self.bucketCount {
            var index = bucket(hash)
            while index != 0 {
                let record = block(index).record
                let start = Int(record.physical & 0xFFF)
                for offset in offsets where offset >= start && offset < start + Int(record.byteCount) {
                    result.append((record.physical.page, offset))
                }
                index = record.nextInHash
            }
        }
        return result
    }
}
