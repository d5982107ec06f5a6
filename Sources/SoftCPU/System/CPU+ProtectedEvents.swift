internal import X86

extension CPU {
    /// Through a gate of the 32-bit interrupt table.
    func deliverProtected(_ vector: UInt8, _ source: EventSource, errorCode: UInt32?) throws(Fault) {
        let code = gateCode(vector, source)
        let entry = UInt64(vector) * 8
        guard entry + 7 <= UInt64(state.idt.limit) else { throw .protection(code) }
        let gate = Descriptor(low: try read(state.idt.base &+ entry, size: 8, use: Self.tableUse))
        guard !gate.isOrdinary, [5, 6, 7, 14, 15].contains(gate.type) else { throw .protection(code) }
        if source == .software, gate.privilege < state.privilege { throw .protection(code) }
        guard gate.isPresent else { throw .notPresent(code) }
        let external: UInt32 = source == .software ? 0 : 1
        if gate.type == 5 {
            try switchTask(throughGate: gate, .call, external: external, errorCode: errorCode)
            return
        }
        let selector = gate.gateSelector
        let selectorCode = UInt32(selector & 0xFFFC) | external
        guard selector & 0xFFFC != 0 else { throw .protection(external) }
        guard var target = try descriptor(selector) else { throw .protection(selectorCode) }
        guard target.isCode, target.privilege <= state.privilege else { throw .protection(selectorCode) }
        guard target.isPresent else { throw .notPresent(selectorCode) }
        let bytes = gate.type & 8 != 0 ? 4 : 2
        let isInner = !target.isConforming && target.privilege < state.privilege
        if isVirtual8086, !isInner || target.privilege != 0 { throw .protection(selectorCode) }
        guard gate.gateOffset & (bytes == 4 ? 0xFFFF_FFFF : 0xFFFF) <= UInt64(target.limit) else {
            throw .protection(external)
        }
        let oldFlags = flags
        let wasVirtual = isVirtual8086
        let saved = state
        do {
            if isInner {
                let oldStack = state.segments[SegmentNumber.ss].selector
                let oldPointer = state.general[4]
                let privilege = target.privilege
                let (stackSelector, pointer) = try stackFromTSS(privilege)
                let stack = try stackSegment(stackSelector, privilege: privilege, isTSS: true)
                let old = (0..<8).map { state.segments[$0].selector }
                state.otherFlags &= ~Flag.virtual8086
                state.privilege = privilege
                state.segments[SegmentNumber.ss] = stack
                state.general[4] = pointer
                updateMode()
                if wasVirtual {
                    for number in [SegmentNumber.gs, SegmentNumber.fs, SegmentNumber.ds, SegmentNumber.es] {
                        try push(UInt64(old[number]), bytes)
                        state.segments[number] = Self.nullSegment(0)
                    }
                }
                try push(UInt64(oldStack), bytes)
                try push(oldPointer, bytes)
            }
            try push(oldFlags, bytes)
            try push(UInt64(state.segments[SegmentNumber.cs].selector), bytes)
            try push(state.ip, bytes)
            if let errorCode { try push(UInt64(errorCode), bytes) }
            try markAccessed(&target)
        } catch {
            state = saved
            updateMode()
            throw error
        }
        setCode(target, selector, privilege: state.privilege)
        state.ip = gate.gateOffset & (bytes == 4 ? 0xFFFF_FFFF : 0xFFFF)
        let cleared = Flag.trap | Flag.virtual8086 | Flag.resume | Flag.nestedTask
        state.otherFlags &= ~(gate.type & 1 == 0 ? cleared | Flag.interrupt : cleared)
    }

    /// The stack of a privilege out of the task state segment.
    func stackFromTSS(_ privilege: UInt8) throws(Fault) -> (UInt16, UInt64) {
        let task = state.segments[SegmentNumber.tr]
        let code = UInt32(task.selector & 0xFFFC)
        if task.type & 8 != 0 {
            let offset = UInt64(privilege) * 8 + 4
            guard offset + 7 <= UInt64(task.limit) else { throw .invalidTSS(code) }
            let pointer = try read(task.base &+ offset, size: 4, use: Self.tableUse)
            return (UInt16(try read(task.base &+ offset + 4, size: 2, use: Self.tableUse)), pointer)
        }
        let offset = UInt64(privilege) * 4 + 2
        guard offset + 3 <= UInt64(task.limit) else { throw .invalidTSS(code) }
        let pointer = try read(task.base &+ offset, size: 2, use: Self.tableUse)
        return (UInt16(try read(task.base &+ offset + 2, size: 2, use: Self.tableUse)), pointer)
    }
}
