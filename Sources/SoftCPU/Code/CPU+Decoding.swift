internal import CZydis
internal import X86

extension CPU {
    private static let noMoreData: UInt32 = 0x8020_0000
    private static let tooLong: UInt32 = 0x8020_0002

    /// Decodes the block at an offset in the code segment.
    ///
    /// - Parameter limit: how many instructions it may have.
    /// - Parameter keep: whether it is to be found again.
    func decode(_ ip: UInt64, limit: Int, keep: Bool) throws(Fault) -> Block {
        let linear = codeAddress(ip)
        let physical = try fillForExecution(linear)
        if around.arena.isFull { forgetAllBlocks() }
        var builder = BlockBuilder(
            at: Block(around.arena.end),
            mode: state.mode,
            quirks: state.quirks,
            notesCalls: notesCalls
        )
        let inPage = Int(4096 - linear & 0xFFF)
        let page = hostPage(physical)
        var inSegment = inPage
        if !state.mode.hasFlatCode {
            let codeLimit = UInt64(state.segments[SegmentNumber.cs].limit)
            guard ip <= codeLimit else { throw .protection() }
            inSegment = Int(min(UInt64(inPage), codeLimit - ip + 1))
        } else if !isCanonical(linear) {
            throw .protection()
        }
        let beginsAtStop = isStop(at: physical)
        let checks = keep && beginsAtStop && around.checksInBlocks
        if checks { builder.emit(soughtHandler) }
        var beginsAlone = false
        var crossing: UInt64 = 0
        while builder.count < limit, !builder.isFinished, !builder.isFull, builder.offset < inSegment {
            if builder.count > 0, isStop(at: physical &+ UInt64(builder.offset)) { break }
            let room = inSegment - builder.offset
            var status = Self.noMoreData
            if let page {
                let host = page.host + UInt(physical & 0xFFF) + UInt(builder.offset)
                status = around.decoders.decode(state.mode, at: host, byteCount: min(room, 15), into: &builder.decoded)
            }
            if status == Self.noMoreData, room < 15 || page == nil {
                // The instruction goes on in the next page, or runs over the segment's end.
                guard builder.count == 0 else { break }
                crossing = try decodeAcross(ip, into: &builder, &status)
            }
            if builder.count == 0 { beginsAlone = beginsAtStop && builder.repeatPrefix != nil }
            emitInstruction(&builder, status)
        }
        if !builder.isFinished {
            builder.backUp()
            builder.emit(fallThroughHandler)
            builder.reserveLinks()
            builder.restore()
        }
        let byteCount = builder.complete(physical: physical)
        let block = builder.block
        if crossing != 0 {
            block.record.secondPage = crossing
            block.record.entryCount = BlockRecord.slow
        }
        block.record.checksRegisters = checks
        block.record.beginsAlone = beginsAlone
        if beginsAlone || beginsAtStop && !checks { block.record.entryCount = BlockRecord.slow }
        guard keep, crossing == 0, page != nil else { return block }
        around.arena.keep(block, byteCount: byteCount)
        attach(block)
        return block
    }

    private func emitInstruction(_ builder: inout BlockBuilder, _ status: UInt32) {
        if status & 0x8000_0000 != 0 {
            unsafe builder.decoded.instruction.length = 1
            builder.emit(status == Self.tooLong ? protectionHandler : invalidOpcodeHandler)
            builder.finish()
        } else if unsafe builder.instruction.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY,
            let emitter = InstructionTable.standard[builder.mnemonic]
        {
            emitter(&builder)
        } else {
            builder.emit(invalidOpcodeHandler)
            builder.finish()
        }
        builder.advance()
    }

    /// Decodes one instruction whose bytes are in two pages, or where no memory is; gives the second page.
    private func decodeAcross(
        _ ip: UInt64,
        into builder: inout BlockBuilder,
        _ status: inout UInt32
    ) throws(Fault) -> UInt64 {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        var second: UInt64 = 1
        for count in 1...15 {
            let at = ip &+ UInt64(count - 1)
            if !state.mode.hasFlatCode, at > UInt64(state.segments[SegmentNumber.cs].limit) { throw .protection() }
            let linear = codeAddress(at)
            guard isCanonical(linear) else { throw .protection() }
            let physical = try fillForExecution(linear)
            guard hostPage(physicalAddress(physical)) != nil else {
                state.exit = PendingExit(kind: .fetch, address: physical)
                throw .waiting
            }
            bytes[count - 1] = try UInt8(truncatingIfNeeded: readPhysical(physical, size: 1))
            if linear & 0xFFF == 0 { second = physical.page | 1 }
            let mode = state.mode
            // SAFETY: the array lives during the call and holds count bytes.
            status = unsafe withUnsafePointer(to: &bytes) {
                around.decoders.decode(mode, at: UInt(bitPattern: $0), byteCount: count, into: &builder.decoded)
            }
            if status != Self.noMoreData { return second }
        }
        status = Self.tooLong
        return second
    }
}
