internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension Timeline where P: ~Copyable {
    /// An interrupt that the guest takes before it executes anything else.
    struct Delivery {
        /// The interrupt.
        var event: RecordedEvent
        /// Where the interrupt leads; nil if the guest's table does not say.
        var handler: CodePlace?
    }

    /// The interrupt that the guest takes next; nil if there is none or the guest cannot take it yet.
    mutating func nextDelivery() throws(TimelineError) -> Delivery? {
        guard !deliveries.isEmpty else { return nil }
        let state = try state()
        guard let (event, vector) = firstPending(state) else { return nil }
        return Delivery(event: event, handler: memory.interruptHandler(vector, in: state))
    }

    /// Which of the ``deliveries`` the processor takes first. Forgets those that it has already taken.
    private mutating func firstPending(_ state: ProcessorState) -> (RecordedEvent, vector: UInt8)? {
        let pending = state.pending
        let hasNonMaskable = pending.nmiInjected || pending.nmiPending
        deliveries.removeAll { $0.event == .nonMaskableInterrupt ? !hasNonMaskable : pending.interrupt == nil }
        // An injected interrupt comes first, and a waiting one comes after it (Intel SDM vol. 3, 6.9).
        if let interrupt = pending.interrupt, let event = deliveries.last(where: { $0.event != .nonMaskableInterrupt })
        {
            return (event, interrupt.vector)
        }
        let isBlocked = pending.nmiMasked && !pending.nmiInjected || !pending.interruptShadow.isEmpty
        guard !isBlocked, let event = deliveries.first else { return nil }
        return (event, Self.nonMaskableVector)
    }

    private static var nonMaskableVector: UInt8 { 2 }

    /// Lets the guest take an interrupt, and stops it before the handler's first instruction.
    ///
    /// - Returns: false if this host does not stop there. The machine then stands where it stood before.
    mutating func deliver(_ delivery: Delivery, from present: Moment) throws(TimelineError) -> Bool {
        // If another interrupt is waiting, the next instruction may belong to its handler instead.
        guard stopsAtHandlers, deliveries.count == 1, let handler = delivery.handler else { return false }
        isStepping = true
        let isThere = try attempt { core throws(ReplayStop) in
            while true {
                let outcome = try onEngine(core.processor.run(to: [handler]))
                if core.pace.watch.hasExpired { return false }
                if outcome != .exit(.kicked), outcome != .exit(.interruptWindow) { return outcome == .there }
            }
        }
        if isThere {
            deliveries.removeAll()
            privilege = try state().privilegeLevel
            return true
        }
        stopsAtHandlers = false
        moment = nil
        try seek(to: present)
        return false
    }
}

extension DebuggableProcessor where Self: ~Copyable {
    /// Whether a step has only delivered an interrupt. In that case only RSP, RIP and the flags have changed.
    func isAtHandler(_ handler: CodePlace?, before: [UInt64]) -> Bool {
        guard let handler, exitRIP == handler.offset else { return false }
        let stackPointer = GeneralRegister.rsp.rawValue
        return zip(before, exitRegisters).prefix(GeneralRegister.allCases.count).enumerated().allSatisfy {
            index,
            pair in
            index == stackPointer || pair.0 == pair.1
        }
    }
}
