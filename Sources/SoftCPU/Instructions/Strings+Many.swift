internal import X86

// Turns of MOVS and STOS that stay within one page are made at once. The turn before them was made as every other one: it has
// faulted where there was a fault, and set what page tables record of accesses. So nothing is left for the others but to move bytes.
extension StringTurn {
    /// Nobody looks between two turns, and strings go upwards.
    @inline(__always)
    var allowsMany: Bool {
        cpu.state.otherFlags & (Flag.direction | Flag.trap) == 0 && !cpu.state.watching.hasStops
            && !cpu.state.watching.isActive
    }

    /// Makes up to so many turns of MOVS; gives how many.
    @inline(never)
    func moveMany(_ count: Int) throws(Fault) -> Int {
        let turns = min(count, turnsInPage(segment, source), turnsInPage(SegmentNumber.es, destination))
        guard turns > 0, let from = try hostAddress(segment, source, turns, write: false),
            let to = try hostAddress(SegmentNumber.es, destination, turns, write: true)
        else { return 0 }
        let byteCount = turns * bytes
        // SAFETY: both addresses are those of byteCount bytes within a page of guest memory, by hostAddress.
        let source = unsafe UnsafeRawPointer(bitPattern: from).unsafelyUnwrapped
        let target = unsafe UnsafeMutableRawPointer(bitPattern: to).unsafelyUnwrapped
        if to > from, to < from + UInt(byteCount) {
            // What a turn stores is what a later one reads.
            switch bytes {
            case 1: unsafe Self.moveUpwards(source, target, turns, UInt8.self)
            case 2: unsafe Self.moveUpwards(source, target, turns, UInt16.self)
            case 4: unsafe Self.moveUpwards(source, target, turns, UInt32.self)
            default: unsafe Self.moveUpwards(source, target, turns, UInt64.self)
            }
        } else {
            unsafe target.copyMemory(from: source, byteCount: byteCount)
        }
        advance(6, byteCount)
        advance(7, byteCount)
        finish(turns)
        return turns
    }

    /// Makes up to so many turns of STOS; gives how many.
    @inline(never)
    func storeMany(_ count: Int) throws(Fault) -> Int {
        let turns = min(count, turnsInPage(SegmentNumber.es, destination))
        guard turns > 0, let to = try hostAddress(SegmentNumber.es, destination, turns, write: true) else { return 0 }
        // SAFETY: the address is that of turns elements within a page of guest memory, by hostAddress.
        let target = unsafe UnsafeMutableRawPointer(bitPattern: to).unsafelyUnwrapped
        let value = cpu.state.general[0]
        switch bytes {
        case 1: unsafe Self.store(UInt8(truncatingIfNeeded: value), target, turns)
        case 2: unsafe Self.store(UInt16(truncatingIfNeeded: value), target, turns)
        case 4: unsafe Self.store(UInt32(truncatingIfNeeded: value), target, turns)
        default: unsafe Self.store(value, target, turns)
        }
        advance(7, turns * bytes)
        finish(turns)
        return turns
    }

    /// How many whole elements lie between an offset in a segment and the end of its page, as far as the offset does not wrap before.
    private func turnsInPage(_ segment: Int, _ offset: UInt64) -> Int {
        let isBased = !cpu.state.mode.contains(.long) || segment >= SegmentNumber.fs
        let base = isBased ? cpu.state.segments[segment].base : 0
        return Int(min(4096 - (base &+ offset) & 0xFFF, mask - offset)) / bytes
    }

    /// Where so many elements are in host memory, or nil if they are not all in one page that a translation covers.
    private func hostAddress(_ segment: Int, _ offset: UInt64, _ turns: Int, write: Bool) throws(Fault) -> UInt? {
        let size = turns * bytes
        let linear: UInt64
        do { linear = try cpu.segmentAddress(segment, offset, size: size, write: write) } catch { return nil }
        let page = linear.page
        guard (linear &+ UInt64(size - 1)).page == page else { return nil }
        let entry = cpu.translation(of: linear)
        let tag = unsafe write ? entry.pointer.pointee.writeTag : entry.pointer.pointee.readTag
        if tag != page { guard try cpu.fill(linear, size: bytes, write: write) else { return nil } }
        return unsafe entry.pointer.pointee.addend &+ UInt(linear)
    }

    private func advance(_ number: Int, _ byteCount: Int) {
        cpu.setIndex(number, (cpu.state.general[number] &+ UInt64(byteCount)) & mask, bits: bits)
    }

    private func finish(_ turns: Int) { cpu.setIndex(1, (counter &- UInt64(turns)) & mask, bits: bits) }

    /// Moves one element after the other.
    private static func moveUpwards<T: Word>(
        _ source: UnsafeRawPointer,
        _ target: UnsafeMutableRawPointer,
        _ count: Int,
        _: T.Type
    ) {
        for index in 0..<count {
            // SAFETY: the caller names so many elements of both.
            let value = unsafe source.loadUnaligned(fromByteOffset: index * T.bytes, as: T.self)
            unsafe target.storeBytes(of: value, toByteOffset: index * T.bytes, as: T.self)
        }
    }

    private static func store<T: Word>(_ value: T, _ target: UnsafeMutableRawPointer, _ count: Int) {
        // SAFETY: the caller names so many elements.
        for index in 0..<count { unsafe target.storeBytes(of: value, toByteOffset: index * T.bytes, as: T.self) }
    }
}
