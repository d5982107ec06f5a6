internal import X86

/// Enters a block: counts its instructions and executes the first, or leaves where the slice does not hold them.
@inline(__always)
func enter(_ cpu: CPU, _ block: Block) {
    let left = cpu.state.remaining &- block.record.entryCount
    guard left >= 0 else { return leaveAtBlock(cpu.address) }
    cpu.state.remaining = left
    perform(cpu, block.first)
}

/// Leaves in front of the block at ``ProcessorRegisters/blockIP``.
@inline(never)
func leaveAtBlock(_ state: UInt) {
    let cpu = CPU(state)
    cpu.state.ip = cpu.state.blockIP
    cpu.state.leaveReason = .slice
}

/// Goes on at ``ProcessorRegisters/blockIP``, by the link at an address if it still holds.
@inline(__always)
func follow(_ cpu: CPU, _ link: UInt) {
    // SAFETY: a branch is followed by its links in the arena.
    let link = unsafe UnsafePointer<Link>(bitPattern: link).unsafelyUnwrapped
    guard unsafe link.pointee.stamp == cpu.state.stamp else {
        cpu.state.dispatchHandler(cpu.address, UInt(bitPattern: link))
        return
    }
    enter(cpu, Block(unsafe link.pointee.block))
}

/// Goes on at ``ProcessorRegisters/blockIP``, which the instruction has computed.
@inline(__always)
func jump(_ cpu: CPU) {
    let linear = cpu.codeAddress(cpu.state.blockIP)
    let recent = unsafe cpu.recent(linear)
    guard unsafe recent.pointee.linear == linear, unsafe recent.pointee.stamp == cpu.state.stamp else {
        cpu.state.dispatchHandler(cpu.address, 0)
        return
    }
    enter(cpu, Block(unsafe recent.pointee.block))
}

extension CPU {
    @inline(__always)
    func recent(_ linear: UInt64) -> UnsafeMutablePointer<RecentBlock> {
        let index = Int(truncatingIfNeeded: linear ^ linear &>> 13) & (RecentBlock.count - 1)
        // SAFETY: recentBlocks is the address of a table of RecentBlock.count entries.
        return unsafe UnsafeMutablePointer<RecentBlock>(bitPattern: state.recentBlocks).unsafelyUnwrapped + index
    }
}

/// Finds the block at ``ProcessorRegisters/blockIP`` if it is decoded, and remembers it where the branch looks; leaves where
/// it is not, or needs more than a look.
let dispatchHandler: Handler = { state, link in
    let cpu = CPU(state)
    cpu.state.ip = cpu.state.blockIP
    cpu.state.leaveReason = .none
    guard let block = cpu.findDecoded(cpu.state.blockIP) else { return }
    cpu.remember(block, link: link)
    enter(cpu, block)
}

extension CPU {
    /// The decoded block at an offset in the code segment, where the translation is known and nothing needs a check.
    func findDecoded(_ ip: UInt64) -> Block? {
        let linear = codeAddress(ip)
        guard isInCodeSegment(ip, byteCount: 1) else { return nil }
        let entry = translation(of: linear)
        guard unsafe entry.pointer.pointee.executeTag == linear.page else { return nil }
        let physical = unsafe entry.pointer.pointee.physical | linear & 0xFFF
        guard let block = decodedBlock(physical), block.record.entryCount != BlockRecord.slow else { return nil }
        return isInCodeSegment(ip, byteCount: Int(block.record.byteCount)) ? block : nil
    }

    /// Whether so many bytes from an offset on are within the code segment's limit.
    func isInCodeSegment(_ ip: UInt64, byteCount: Int) -> Bool {
        if state.mode.contains(.long) { return isCanonical(ip) }
        if state.mode.contains(.flat) { return ip <= 0xFFFF_FFFF }
        return ip + UInt64(byteCount) - 1 <= UInt64(state.segments[SegmentNumber.cs].limit)
    }

    /// Lets the branch that came here find the block by itself the next time.
    func remember(_ block: Block, link: UInt) {
        if state.mode.hasFlatCode {
            let linear = state.blockIP
            // SAFETY: recent(_:) gives an element of the table.
            unsafe recent(linear).pointee = RecentBlock(
                linear: linear,
                stamp: state.stamp,
                block: block.address,
                reserved: 0
            )
        }
        guard link != 0, state.mode.hasFlatCode else { return }
        // SAFETY: a branch passes the address of its own link.
        unsafe UnsafeMutablePointer<Link>(bitPattern: link).unsafelyUnwrapped.pointee =
            Link(block: block.address, stamp: state.stamp)
    }
}
