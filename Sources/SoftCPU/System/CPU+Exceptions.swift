internal import X86

/// Where an interruption comes from.
enum EventSource {
    /// An exception that the processor found.
    case exception
    /// INT n, INT3, INTO: gates are compared with the privilege.
    case software
    /// From outside.
    case external
}

extension CPU {
    /// Delivers an exception, and what becomes of it if that faults (Intel SDM vol. 3, 6.15, table 6-5).
    func deliverException(_ first: Fault) {
        var current = first
        state.shadow = 0
        state.isHalted = false
        if first.vector == 1 { enterDebugException(first.payload) }
        // What is pushed has RF set, so that the instruction is not stopped at again when it is begun again.
        if first.vector != 8, !first.keepsResume { state.otherFlags |= Flag.resume }
        // What the delivery itself accesses meets no breakpoint.
        defer { state.watching.debugHits = 0 }
        var attempts = 0
        while true {
            do {
                if current.vector == 14 { state.cr2 = current.payload }
                try deliver(
                    current.vector,
                    .exception,
                    errorCode: current.hasErrorCode ? current.errorCode : nil
                )
                updateMode()
                return
            } catch {
                if error.vector == Fault.leave {
                    shutDown()
                    return
                }
                attempts += 1
                if current.vector == 8 || attempts > 4 {
                    shutDown()
                    return
                }
                current = Self.combine(current, error)
            }
        }
    }

    /// What two exceptions in a row become: the second, or a double fault.
    private static func combine(_ first: Fault, _ second: Fault) -> Fault {
        func isContributory(_ vector: UInt8) -> Bool { vector == 0 || (vector >= 10 && vector <= 13) }
        if isContributory(first.vector), isContributory(second.vector) { return .doubleFault() }
        if first.vector == 14, isContributory(second.vector) || second.vector == 14 { return .doubleFault() }
        return second
    }

    /// A third fault.
    func shutDown() {
        state.exit = PendingExit(kind: .shutdown)
        state.leaveReason = .exit
    }

    /// Takes a maskable interrupt.
    func deliverInterrupt(_ vector: UInt8) {
        state.isHalted = false
        noteTurns()
        deliverEvent(vector)
    }

    /// An interrupt between two turns of a repeated instruction finds RF set.
    private func noteTurns() {
        state.otherFlags = state.otherFlags | flagsBetweenTurns & Flag.resume
        state.watching.isBetweenTurns = false
    }

    /// Takes a non-maskable interrupt.
    func deliverNonMaskable() {
        state.isHalted = false
        noteTurns()
        state.nmiMasked = true
        state.nmiPending = false
        deliverEvent(2)
    }

    private func deliverEvent(_ vector: UInt8) {
        state.shadow = 0
        do {
            try deliver(vector, .external, errorCode: nil)
            updateMode()
        } catch {
            deliverException(error)
        }
        state.watching.debugHits = 0
        deliverTraps()
    }

    /// Goes to the handler of a vector; ``ProcessorRegisters/ip`` is the return address (Intel SDM vol. 3, 6.12 and 6.14).
    func deliver(_ vector: UInt8, _ source: EventSource, errorCode: UInt32?) throws(Fault) {
        let (place, level) = (codeAddress(state.ip), state.privilege)
        if !isProtected {
            try deliverReal(vector)
        } else if isLongMode {
            try deliverLong(vector, source, errorCode: errorCode)
        } else {
            try deliverProtected(vector, source, errorCode: errorCode)
        }
        guard !state.watching.transfers.isEmpty else { return }
        // The handler may be in another mode.
        updateMode()
        noteInterruption(vector, source, from: place, level: level, errorCode: errorCode)
    }

    /// Through the vector table of real-address mode.
    private func deliverReal(_ vector: UInt8) throws(Fault) {
        let entry = UInt64(vector) * 4
        guard entry + 3 <= UInt64(state.idt.limit) else { throw .protection(UInt32(vector) * 8 + 2) }
        let offset = try read(state.idt.base &+ entry, size: 2, use: Self.tableUse)
        let selector = try read(state.idt.base &+ entry + 2, size: 2, use: Self.tableUse)
        try keepingStack { () throws(Fault) in
            try push(flags, 2)
            try push(UInt64(state.segments[SegmentNumber.cs].selector), 2)
            try push(state.ip, 2)
        }
        state.otherFlags &= ~(Flag.interrupt | Flag.trap | Flag.alignmentCheck | Flag.resume)
        setRealSegment(SegmentNumber.cs, UInt16(selector))
        state.ip = offset
    }

    /// Sets a segment as real-address mode does: its limit and rights stay.
    func setRealSegment(_ number: Int, _ selector: UInt16) {
        state.segments[number].selector = selector
        state.segments[number].base = UInt64(selector) << 4
        if isVirtual8086 {
            state.segments[number].limit = 0xFFFF
            state.segments[number].accessRights = 0xF3
        } else if number == SegmentNumber.cs {
            state.segments[number].accessRights = 0x9B | state.segments[number].accessRights & 0xF000
        }
        if !isProtected { state.segments[number].accessRights &= ~(1 << 16) }
    }

    /// The error code of a fault in a gate: the vector, that it is in the IDT, and whether it came from outside.
    func gateCode(_ vector: UInt8, _ source: EventSource) -> UInt32 {
        UInt32(vector) << 3 | 2 | (source == .software ? 0 : 1)
    }
}
