internal import X86

extension CPU {
    /// The block at a physical address in the present mode, if it has been decoded and still holds.
    func decodedBlock(_ physical: UInt64) -> Block? {
        let mode = state.mode
        var index = around.arena.bucket(CodeArena.hash(physical, mode))
        while index != 0 {
            let block = around.arena.block(index)
            if block.record.physical == physical, block.record.mode == mode, !block.record.isStale { return block }
            index = block.record.nextInHash
        }
        return nil
    }

    /// Makes a block known to the pages that it was decoded from.
    func attach(_ block: Block) {
        guard let page = hostPage(block.record.physical) else { return }
        let offset = Int(block.record.physical & 0xFFF)
        let inPage = min(Int(block.record.byteCount), 4096 - offset)
        if page.known.codeMask == 0 { protect(block.record.physical.page) }
        block.record.nextInPage = page.known.firstBlock
        page.known.firstBlock = around.arena.index(of: block)
        page.known.codeMask |= PageRecord.mask(offset: offset, count: inPage)
    }

    /// Forgets the blocks that have any of these bytes.
    func forgetBlocks(in page: HostPage, offset: Int, count: Int) {
        var index = page.known.firstBlock
        var kept: UInt32 = 0
        var mask: UInt64 = 0
        while index != 0 {
            let block = around.arena.block(index)
            let following = block.record.nextInPage
            let start = Int(block.record.physical & 0xFFF)
            let end = start + Int(block.record.byteCount)
            if start < offset + count, offset < end {
                block.record.isStale = true
                block.record.entryCount = BlockRecord.slow
                around.arena.remove(block)
                state.codeChanged = true
            } else {
                block.record.nextInPage = kept
                kept = index
                mask |= PageRecord.mask(offset: start, count: min(end, 4096) - start)
            }
            index = following
        }
        page.known.firstBlock = kept
        page.known.codeMask = mask
    }

    /// Forgets everything that was decoded.
    func forgetAllBlocks() {
        around.arena.empty()
        for (region, table) in zip(around.regions, around.pageTables) {
            let pages = unsafe table.start.assumingMemoryBound(to: PageRecord.self)
            for index in 0..<Int(region.size >> 12) {
                // SAFETY: a table has one record for each page of its region.
                unsafe pages[index].firstBlock = 0
                unsafe pages[index].codeMask = 0
            }
        }
        around.spaces.renew()
        updateMode()
    }

    /// Works out what follows from control registers, segments and privilege: the code's mode and the stamp.
    func updateMode() {
        state.mode = currentMode
        var low = UInt64(state.mode.rawValue)
        if state.privilege == 3 { low |= 256 }
        state.stamp = around.spaces.generation << 16 | low
        state.translations = around.spaces.address(of: translationSet)
    }

    private var currentMode: CodeMode { segmentMode.union(floatMode) }

    /// Which of the instructions on floating-point and vector registers fault.
    private var floatMode: CodeMode {
        if state.cr0 & (CR0.emulation | CR0.taskSwitched) != 0 { return [.noFloat, .noSSE] }
        return state.cr4 & CR4.fxsave == 0 ? .noSSE : []
    }

    private var segmentMode: CodeMode {
        let code = state.segments[SegmentNumber.cs]
        let isReal = state.cr0 & CR0.protection == 0 || state.otherFlags & Flag.virtual8086 != 0
        var mode: CodeMode = []
        if isReal { mode.insert(.realStyle) }
        if state.efer & EFER.longModeActive != 0, code.isLongCode, !isReal {
            return [.long, .stack32, .flat]
        }
        if code.isBig { mode.insert(.code32) }
        if state.segments[SegmentNumber.ss].isBig { mode.insert(.stack32) }
        let data = [SegmentNumber.ss, SegmentNumber.ds, SegmentNumber.es]
        let isFlat =
            code.base == 0 && code.limit == 0xFFFF_FFFF && mode.contains(.code32) && mode.contains(.stack32)
            && data.allSatisfy { state.segments[$0].isFlatData } && code.isReadable
        if isFlat { mode.insert(.flat) }
        return mode
    }

    /// Linear address of an offset in the code segment.
    @inline(__always)
    func codeAddress(_ ip: UInt64) -> UInt64 {
        if state.mode.hasFlatCode { return ip }
        return (state.segments[SegmentNumber.cs].base &+ ip) & 0xFFFF_FFFF
    }
}
