internal import X86

// Where a run is to end only with certain registers, and nothing else may end it there, a block that begins with such an
// instruction compares them itself and is entered by others.
//
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
        let checksInBlocks = around.sought != nil && around.offsetStops.isEmpty && codeBreakpoints.isEmpty
        let changesAll = checksInBlocks != around.checksInBlocks
        around.checksInBlocks = checksInBlocks
        var changed: [Int] = []
        for word in 0..<64 {
            let before = around.stopOffsets[word]
            var bits = changesAll ? offsets[word] | before : offsets[word] ^ before
            while bits != 0 {
                changed.append(word << 6 | bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
        around.stopOffsets = offsets
        state.watching.hasStops = !stops.isEmpty || !around.offsetStops.isEmpty
        guard !changed.isEmpty else { return }
        for (physical, offset) in around.arena.places(ofOffsets: changed) {
            guard let page = hostPage(physical) else { continue }
            forgetBlocks(in: page, offset: offset, count: 1)
        }
    }
}

extension CPU {
    /// Lets ``Surroundings/stops`` end a run only with these registers; nil lets them end it always.
    func seek(_ registers: [UInt64]?) {
        let changes = (registers == nil) != (around.sought == nil)
        around.sought = registers
        if let registers {
            for number in 0..<16 { state.sought[number] = registers[number] }
        }
        if changes { updateStops() }
    }
}

/// In front of a block's first instruction: goes on unless the general registers are those with which a run is to end there.
let soughtHandler: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let last = cpu.state.lastDifference
    if cpu.state.general[last] != cpu.state.sought[last] { return next(cpu, operation) }
    leaveIfSought(cpu, operation)
}

@inline(never)
private func leaveIfSought(_ cpu: CPU, _ operation: Operation) {
    for number in 0..<16 where cpu.state.general[number] != cpu.state.sought[number] {
        cpu.state.lastDifference = number
        return next(cpu, operation)
    }
    cpu.state.ip = cpu.state.blockIP
    cpu.state.remaining &+= Int(operation.rest) + 1
    cpu.state.leaveReason = .slice
}

extension CodeArena {
    /// Pages that have blocks with a byte at one of these offsets, and the offset.
    fileprivate func places(ofOffsets offsets: [Int]) -> [(UInt64, Int)] {
        var result: [(UInt64, Int)] = []
        for index in kept {
            let block = block(index)
            guard !block.record.isStale else { continue }
            let start = Int(block.record.physical & 0xFFF)
            let end = start + Int(block.record.byteCount)
            for offset in offsets where offset >= start && offset < end {
                result.append((block.record.physical.page, offset))
            }
        }
        return result
    }
}
