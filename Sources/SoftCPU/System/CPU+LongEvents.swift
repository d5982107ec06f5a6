internal import X86

extension CPU {
    /// Through a gate of the interrupt table of long mode (Intel SDM vol. 3, 6.14).
    func deliverLong(_ vector: UInt8, _ source: EventSource, errorCode: UInt32?) throws(Fault) {
        let code = gateCode(vector, source)
        let entry = UInt64(vector) * 16
        guard entry + 15 <= UInt64(state.idt.limit) else { throw .protection(code) }
        let address = state.idt.base &+ entry
        let gate = Descriptor(
            low: try read(address, size: 8, use: Self.tableUse),
            high: try read(address &+ 8, size: 8, use: Self.tableUse)
        )
        guard !gate.isOrdinary, gate.type == 14 || gate.type == 15 else { throw .protection(code) }
        if source == .software, gate.privilege < state.privilege { throw .protection(code) }
        guard gate.isPresent else { throw .notPresent(code) }
        let external: UInt32 = source == .software ? 0 : 1
        let selector = gate.gateSelector
        let selectorCode = UInt32(selector & 0xFFFC) | external
        guard selector & 0xFFFC != 0 else { throw .protection(external) }
        guard var target = try descriptor(selector) else { throw .protection(selectorCode) }
        guard target.isCode, target.privilege <= state.privilege, target.isLong, !target.isBig else {
            throw .protection(selectorCode)
        }
        guard target.isPresent else { throw .notPresent(selectorCode) }
        guard isCanonical(gate.gateOffset) else { throw .protection(external) }
        let isInner = !target.isConforming && target.privilege < state.privilege
        let privilege = isInner ? target.privilege : state.privilege
        let stackTable = Int(gate.low >> 32 & 7)
        var pointer = state.general[4]
        if stackTable != 0 {
            pointer = try longStackFromTSS(offset: 36 + 8 * (stackTable - 1))
        } else if isInner {
            pointer = try longStackFromTSS(offset: 4 + 8 * Int(privilege))
        }
        let use: PageUse = privilege == 3 ? .user.union(.write) : [.write, .implicit]
        guard isCanonical(pointer) else { throw .stack(0) }
        pointer &= ~15
        let values: [UInt64] =
            [
                UInt64(state.segments[SegmentNumber.ss].selector), state.general[4], flags,
                UInt64(state.segments[SegmentNumber.cs].selector), state.ip,
            ] + (errorCode.map { [UInt64($0)] } ?? [])
        for value in values {
            pointer &-= 8
            try write(pointer, size: 8, value, use: use, stack: true)
        }
        try markAccessed(&target)
        if isInner {
            state.segments[SegmentNumber.ss] = Self.nullSegment(UInt16(privilege))
            state.segments[SegmentNumber.ss].accessRights |= UInt32(privilege) << 5
        }
        state.general[4] = pointer
        setCode(target, selector, privilege: privilege)
        state.ip = gate.gateOffset
        let cleared = Flag.trap | Flag.resume | Flag.nestedTask
        state.otherFlags &= ~(gate.type & 1 == 0 ? cleared | Flag.interrupt : cleared)
    }

    private func longStackFromTSS(offset: Int) throws(Fault) -> UInt64 {
        let task = state.segments[SegmentNumber.tr]
        guard UInt64(offset + 7) <= UInt64(task.limit) else {
            throw .invalidTSS(UInt32(task.selector & 0xFFFC))
        }
        return try read(task.base &+ UInt64(offset), size: 8, use: Self.tableUse)
    }
}
