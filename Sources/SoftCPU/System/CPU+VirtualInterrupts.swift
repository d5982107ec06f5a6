internal import X86

// Interrupts of virtual-8086 mode with CR4.VME (Intel SDM vol. 3, 22.3).
extension CPU {
    /// Whether INT n goes to the program's own handler, by the map in the task's segment; throws where it may not be used at all.
    func interruptsProgram(_ vector: UInt8) throws(Fault) -> Bool {
        let isAllowed = inputOutputPrivilege == 3
        guard state.cr4 & CR4.virtual8086 != 0 else {
            guard isAllowed else { throw .protection() }
            return false
        }
        let task = state.segments[SegmentNumber.tr]
        guard task.type & 8 != 0, task.limit >= 103 else { throw .protection() }
        let map = try read(task.base &+ 102, size: 2, use: Self.tableUse)
        // The map of interrupts ends where that of ports begins.
        let offset = map &+ UInt64(vector >> 3) &- 32
        guard map >= 32, offset <= UInt64(task.limit) else { throw .protection() }
        let bits = try read(task.base &+ offset, size: 1, use: Self.tableUse)
        if bits >> UInt64(vector & 7) & 1 == 0 { return true }
        guard isAllowed else { throw .protection() }
        return false
    }

    /// Goes to a handler of the program, as real-address mode does. Without IOPL 3 it is VIF that stands for IF.
    func deliverInProgram(_ vector: UInt8) throws(Fault) {
        let isAllowed = inputOutputPrivilege == 3
        let entry = UInt64(vector) * 4
        let offset = try read(entry, size: 2)
        let selector = try read(entry + 2, size: 2)
        var pushed = flags
        if !isAllowed {
            pushed = pushed & ~Flag.interrupt | (pushed & Flag.virtualInterrupt) >> 10 | Flag.privilegeLevel
        }
        try keepingStack { () throws(Fault) in
            try push(pushed, 2)
            try push(UInt64(state.segments[SegmentNumber.cs].selector), 2)
            try push(state.ip, 2)
        }
        state.otherFlags &= ~(Flag.trap | Flag.nestedTask | (isAllowed ? Flag.interrupt : Flag.virtualInterrupt))
        setRealSegment(SegmentNumber.cs, UInt16(selector))
        state.ip = offset
    }

    /// IRET of virtual-8086 mode without IOPL 3.
    func returnInProgram(bytes: Int) throws(Fault) {
        guard state.cr4 & CR4.virtual8086 != 0, bytes == 2 else { throw .protection() }
        let offset = try peek(0, 2)
        let selector = UInt16(truncatingIfNeeded: try peek(2, 2))
        let value = try peek(4, 2)
        let waits = value & Flag.interrupt != 0 && state.otherFlags & Flag.virtualInterruptPending != 0
        guard value & Flag.trap == 0, !waits else { throw .protection() }
        try farReal(selector, offset)
        stackPointer = stackPointer &+ 6
        let changeable = Flag.arithmetic | Flag.direction | Flag.nestedTask | Flag.trap
        let new = flags & ~(changeable | Flag.virtualInterrupt) | value & changeable
        flags = new | (value & Flag.interrupt) << 10
    }
}
