internal import X86

extension CPU {
    /// Far RET, with so many bytes of parameters to drop.
    func farReturn(bytes: Int, extra: UInt64) throws(Fault) {
        let offset = try peek(0, bytes)
        let selector = UInt16(truncatingIfNeeded: try peek(bytes, bytes))
        if !isProtected || isVirtual8086 {
            try farReal(selector, offset)
            stackPointer = stackPointer &+ UInt64(2 * bytes) &+ extra
            return
        }
        try returnToCode(
            selector,
            offset,
            bytes: bytes,
            stackAt: 2 * bytes + Int(extra),
            extra: extra,
            popsStack: false
        )
    }

    /// Goes back to a code segment, and to an outer stack where the privilege falls (Intel SDM vol. 2, RET and IRET).
    func returnToCode(
        _ selector: UInt16,
        _ offset: UInt64,
        bytes: Int,
        stackAt: Int,
        extra: UInt64,
        popsStack: Bool
    ) throws(Fault) {
        let code = UInt32(selector & 0xFFFC)
        guard code != 0 else { throw .protection() }
        let requested = UInt8(selector & 3)
        guard var target = try descriptor(selector) else { throw .protection(code) }
        guard target.isCode, requested >= state.privilege else { throw .protection(code) }
        guard target.isConforming ? target.privilege <= requested : target.privilege == requested else {
            throw .protection(code)
        }
        if isLongMode, target.isLong, target.isBig { throw .protection(code) }
        guard target.isPresent else { throw .notPresent(code) }
        let isLongTarget = isLongMode && target.isLong
        guard isLongTarget ? isCanonical(offset) : offset <= UInt64(target.limit) else { throw .protection() }
        let isOuter = requested > state.privilege
        guard isOuter || popsStack else {
            try markAccessed(&target)
            stackPointer = stackPointer &+ UInt64(stackAt)
            setCode(target, selector, privilege: requested)
            state.ip = offset
            updateMode()
            return
        }
        let pointer = try peek(stackAt, bytes)
        let stackSelector = UInt16(truncatingIfNeeded: try peek(stackAt + bytes, bytes))
        let stackCode = UInt32(stackSelector & 0xFFFC)
        var stack = Self.nullSegment(stackSelector)
        if stackCode == 0 {
            guard isLongTarget, requested != 3, UInt8(stackSelector & 3) == requested else { throw .protection() }
            stack.accessRights |= UInt32(requested) << 5
        } else {
            stack = try stackSegment(stackSelector, privilege: requested)
        }
        try markAccessed(&target)
        setCode(target, selector, privilege: requested)
        state.segments[SegmentNumber.ss] = stack
        state.ip = offset
        updateMode()
        stackPointer = pointer &+ extra
        if isOuter { dropPrivilegedSegments() }
        updateMode()
    }

    /// IRET.
    func returnFromInterrupt(bytes: Int) throws(Fault) {
        if !isProtected { return try returnReal(bytes: bytes) }
        if isVirtual8086 {
            guard inputOutputPrivilege == 3 else { return try returnInProgram(bytes: bytes) }
            return try returnReal(bytes: bytes)
        }
        if state.otherFlags & Flag.nestedTask != 0 {
            guard !isLongMode else { throw .protection() }
            return try returnFromTask()
        }
        let offset = try peek(0, bytes)
        let selector = UInt16(truncatingIfNeeded: try peek(bytes, bytes))
        let newFlags = try peek(2 * bytes, bytes)
        if newFlags & Flag.virtual8086 != 0, bytes == 4, state.privilege == 0, !isLongMode {
            return try returnToVirtual8086(selector, offset, newFlags)
        }
        let old = state.privilege
        let ioPrivilege = UInt8(truncatingIfNeeded: inputOutputPrivilege)
        try returnToCode(
            selector,
            offset,
            bytes: bytes,
            stackAt: 3 * bytes,
            extra: 0,
            popsStack: state.mode.contains(.long)
        )
        var changeable = Flag.arithmetic | Flag.trap | Flag.direction | Flag.nestedTask
        if bytes > 2 { changeable |= Flag.resume | Flag.alignmentCheck | Flag.identification }
        if old <= ioPrivilege { changeable |= Flag.interrupt }
        if old == 0 {
            changeable |= Flag.privilegeLevel
            if bytes > 2 { changeable |= Flag.virtualInterrupt | Flag.virtualInterruptPending }
        }
        flags = flags & ~changeable | newFlags & changeable
        updateMode()
    }

    private func returnReal(bytes: Int) throws(Fault) {
        let offset = try peek(0, bytes)
        let selector = UInt16(truncatingIfNeeded: try peek(bytes, bytes))
        let value = try peek(2 * bytes, bytes)
        try farReal(selector, offset)
        stackPointer = stackPointer &+ UInt64(3 * bytes)
        var changeable = Flag.arithmetic | Flag.trap | Flag.direction | Flag.nestedTask | Flag.interrupt
        if !isVirtual8086 { changeable |= Flag.privilegeLevel }
        if bytes > 2 { changeable |= Flag.resume | Flag.alignmentCheck | Flag.identification }
        flags = flags & ~changeable | value & changeable
        updateMode()
    }

    private func returnToVirtual8086(_ selector: UInt16, _ offset: UInt64, _ newFlags: UInt64) throws(Fault) {
        var values = InlineArray<6, UInt64>(repeating: 0)
        for index in 0..<6 { values[index] = try peek(12 + 4 * index, 4) }
        guard offset <= 0xFFFF else { throw .protection() }
        flags = newFlags & Flag.loadable
        state.privilege = 3
        setRealSegment(SegmentNumber.cs, selector)
        state.ip = offset
        for (index, number) in [
            (1, SegmentNumber.ss), (2, SegmentNumber.es), (3, SegmentNumber.ds), (4, SegmentNumber.fs),
            (5, SegmentNumber.gs),
        ] {
            setRealSegment(number, UInt16(truncatingIfNeeded: values[index]))
        }
        state.general[4] = values[0]
        updateMode()
    }
}
