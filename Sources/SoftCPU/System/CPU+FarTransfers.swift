internal import X86

extension CPU {
    /// JMP to a selector and offset.
    func farJump(_ selector: UInt16, _ offset: UInt64) throws(Fault) {
        if !isProtected || isVirtual8086 { return try farReal(selector, offset) }
        let code = UInt32(selector & 0xFFFC)
        guard code != 0 else { throw .protection() }
        guard let target = try descriptor(selector) else { throw .protection(code) }
        if target.isOrdinary {
            try checkCode(target, selector, for: state.privilege)
            try enterCode(target, selector, offset, privilege: state.privilege)
            return
        }
        switch target.type {
        case 4, 12:
            guard !isLongMode || target.type == 12 else { throw .protection(code) }
            let (gate, inner) = try callGate(selector, target)
            guard inner.isConforming || inner.privilege == state.privilege else {
                throw .protection(UInt32(gate.gateSelector & 0xFFFC))
            }
            try enterCode(inner, gate.gateSelector, gate.gateTarget, privilege: state.privilege)
        case 1, 9, 5: try jumpToTask(selector, target, .jump)
        default: throw .protection(code)
        }
    }

    /// CALL to a selector and offset.
    func farCall(_ selector: UInt16, _ offset: UInt64, bytes: Int) throws(Fault) {
        if !isProtected || isVirtual8086 {
            guard offset <= UInt64(state.segments[SegmentNumber.cs].limit) else { throw .protection() }
            try pushReturn(bytes)
            return try farReal(selector, offset)
        }
        let code = UInt32(selector & 0xFFFC)
        guard code != 0 else { throw .protection() }
        guard let target = try descriptor(selector) else { throw .protection(code) }
        if target.isOrdinary {
            try checkCode(target, selector, for: state.privilege)
            try checkOffset(target, offset)
            try pushReturn(bytes)
            try enterCode(target, selector, offset, privilege: state.privilege)
            return
        }
        switch target.type {
        case 4, 12:
            guard !isLongMode || target.type == 12 else { throw .protection(code) }
            try callThroughGate(selector, target)
        case 1, 9, 5: try jumpToTask(selector, target, .call)
        default: throw .protection(code)
        }
    }

    private func pushReturn(_ bytes: Int) throws(Fault) {
        let ip = state.ip
        try keepingStack { () throws(Fault) in
            try push(UInt64(state.segments[SegmentNumber.cs].selector), bytes)
            try push(ip, bytes)
        }
    }

    /// A far branch in real-address or virtual-8086 mode.
    func farReal(_ selector: UInt16, _ offset: UInt64) throws(Fault) {
        guard offset <= UInt64(state.segments[SegmentNumber.cs].limit) else { throw .protection() }
        setRealSegment(SegmentNumber.cs, selector)
        state.ip = offset
        updateMode()
    }

    /// Whether a code segment may be branched to directly.
    private func checkCode(_ target: Descriptor, _ selector: UInt16, for privilege: UInt8) throws(Fault) {
        let code = UInt32(selector & 0xFFFC)
        guard target.isCode else { throw .protection(code) }
        if target.isConforming {
            guard target.privilege <= privilege else { throw .protection(code) }
        } else {
            guard UInt8(selector & 3) <= privilege, target.privilege == privilege else { throw .protection(code) }
        }
        if isLongMode, target.isLong, target.isBig { throw .protection(code) }
        guard target.isPresent else { throw .notPresent(code) }
    }

    private func checkOffset(_ target: Descriptor, _ offset: UInt64) throws(Fault) {
        if isLongMode, target.isLong {
            guard isCanonical(offset) else { throw .protection() }
        } else {
            guard offset <= UInt64(target.limit) else { throw .protection() }
        }
    }

    private func enterCode(
        _ target: Descriptor,
        _ selector: UInt16,
        _ offset: UInt64,
        privilege: UInt8
    ) throws(Fault) {
        var target = target
        try checkOffset(target, offset)
        try markAccessed(&target)
        setCode(target, selector, privilege: privilege)
        state.ip = offset
        updateMode()
    }

    /// A call gate, and the code segment that it names.
    private func callGate(_ selector: UInt16, _ gate: Descriptor) throws(Fault) -> (Descriptor, Descriptor) {
        let code = UInt32(selector & 0xFFFC)
        guard gate.privilege >= state.privilege, gate.privilege >= UInt8(selector & 3) else { throw .protection(code) }
        guard gate.isPresent else { throw .notPresent(code) }
        var whole = gate
        if isLongMode {
            guard let wide = try descriptor(selector, isSystem: true) else { throw .protection(code) }
            guard wide.high >> 40 & 31 == 0 else { throw .protection(code) }
            whole = wide
        }
        let inner = whole.gateSelector
        let innerCode = UInt32(inner & 0xFFFC)
        guard innerCode != 0 else { throw .protection() }
        guard let target = try descriptor(inner) else { throw .protection(innerCode) }
        guard target.isCode, target.privilege <= state.privilege else { throw .protection(innerCode) }
        if isLongMode { guard target.isLong, !target.isBig else { throw .protection(innerCode) } }
        guard target.isPresent else { throw .notPresent(innerCode) }
        return (whole, target)
    }

    private func callThroughGate(_ selector: UInt16, _ found: Descriptor) throws(Fault) {
        let (gate, target) = try callGate(selector, found)
        let bytes = isLongMode ? 8 : gate.type & 8 != 0 ? 4 : 2
        let inner = gate.gateSelector
        let saved = state
        do {
            guard !target.isConforming, target.privilege < state.privilege else {
                try checkOffset(target, gate.gateTarget)
                try push(UInt64(state.segments[SegmentNumber.cs].selector), bytes)
                try push(saved.ip, bytes)
                try enterCode(target, inner, gate.gateTarget, privilege: state.privilege)
                return
            }
            let count = isLongMode ? 0 : Int(gate.low >> 32 & 31)
            var parameters: [UInt64] = []
            for index in 0..<count { parameters.append(try peek(index * bytes, bytes)) }
            try switchToInnerStack(target.privilege)
            try push(UInt64(saved.segments[SegmentNumber.ss].selector), bytes)
            try push(saved.general[4], bytes)
            for value in parameters.reversed() { try push(value, bytes) }
            try push(UInt64(saved.segments[SegmentNumber.cs].selector), bytes)
            try push(saved.ip, bytes)
            try enterCode(target, inner, gate.gateTarget, privilege: target.privilege)
        } catch {
            state = saved
            updateMode()
            throw error
        }
    }

    /// Makes the stack of a lower privilege level the present one.
    private func switchToInnerStack(_ privilege: UInt8) throws(Fault) {
        if isLongMode {
            let task = state.segments[SegmentNumber.tr]
            let offset = UInt64(4 + 8 * Int(privilege))
            guard offset + 7 <= UInt64(task.limit) else { throw .invalidTSS(UInt32(task.selector & 0xFFFC)) }
            let pointer = try read(task.base &+ offset, size: 8, use: Self.tableUse)
            state.segments[SegmentNumber.ss] = Self.nullSegment(UInt16(privilege))
            state.segments[SegmentNumber.ss].accessRights |= UInt32(privilege) << 5
            state.general[4] = pointer
            state.privilege = privilege
            state.segments[SegmentNumber.cs].accessRights |= 1 << 13
        } else {
            let (selector, pointer) = try stackFromTSS(privilege)
            let stack = try stackSegment(selector, privilege: privilege, isTSS: true)
            state.segments[SegmentNumber.ss] = stack
            state.general[4] = pointer
            state.privilege = privilege
        }
        updateMode()
    }
}

extension Descriptor {
    /// Where a call gate leads.
    var gateTarget: UInt64 { type & 8 != 0 ? gateOffset : gateOffset & 0xFFFF }
}
