internal import X86

extension CPU {
    /// Executes until something is to be reported or the number of instructions is reached; the rest of that number is left
    /// in `budget`. A delivered exception counts as the instruction that raised it.
    ///
    /// - Parameter passes: goes on where it would end in front of the first instruction.
    func execute(budget: inout Int, passes: Bool) -> Bool {
        var passes = passes
        while budget > 0 {
            if state.isHalted || state.watching.hit != nil { return true }
            if state.watching.hasStops, !passes, around.stops.contains(codeAddress(state.ip)) {
                state.watching.isAtStop = true
                return true
            }
            passes = false
            let wantsStep =
                state.answerCount > 0 || state.otherFlags & Flag.trap != 0 || state.shadow != 0
                || state.watching.mustStep
            if wantsStep {
                let done = stepOnce()
                budget -= done
            } else {
                budget -= runBlocks(min(budget, Self.slice))
            }
            if state.leaveReason == .exit || state.bounce.isReporting { return true }
            if state.wantsWindow, canTakeInterrupt { return true }
        }
        return false
    }

    /// Instructions between two looks at the outside.
    static var slice: Int { 1 << 20 }

    /// Whether the next instruction boundary takes a maskable interrupt.
    var canTakeInterrupt: Bool { state.otherFlags & Flag.interrupt != 0 && state.shadow == 0 }

    /// Executes blocks; gives how many instructions were executed.
    private func runBlocks(_ count: Int) -> Int {
        state.remaining = count
        state.leaveReason = .none
        state.codeChanged = false
        state.answersUsed = 0
        do {
            let block = try findOrDecode(state.ip)
            if Int(block.record.count) > count || block.record.entryCount == BlockRecord.slow { return stepOnce() }
            state.blockIP = state.ip
            remember(block, link: 0)
            state.watching.isStepping = !state.watching.isActive
            enter(self, block)
            state.watching.isStepping = true
        } catch {
            raiseFetch(error)
        }
        let executed = count - state.remaining
        return executed + deliverIfRaised()
    }

    private func findOrDecode(_ ip: UInt64) throws(Fault) -> Block {
        if let block = findDecoded(ip) { return block }
        let linear = codeAddress(ip)
        let physical = try fillForExecution(linear)
        if let block = decodedBlock(physical), isInCodeSegment(ip, byteCount: Int(block.record.byteCount)) {
            return block
        }
        return try decode(ip, limit: .max, keep: true)
    }

    /// Executes one instruction; gives 1, or 0 if it waits for an answer.
    private func stepOnce() -> Int {
        state.remaining = 1
        state.leaveReason = .none
        state.codeChanged = false
        state.answersUsed = 0
        state.watching.mustStep = false
        let trap = state.otherFlags & Flag.trap != 0
        let shadowed = state.shadow
        do {
            let block = try decode(state.ip, limit: 1, keep: false)
            state.remaining = 0
            state.blockIP = state.ip
            state.shadow = 0
            perform(self, block.first)
        } catch {
            raiseFetch(error)
            state.remaining = state.leaveReason == .exit ? 1 : 0
        }
        if state.leaveReason == .exit {
            state.shadow = shadowed
            return 1 - state.remaining
        }
        if state.leaveReason == .slice { state.leaveReason = .none }
        state.answerCount = 0
        let wasFault = state.leaveReason == .fault
        _ = deliverIfRaised()
        if trap, !wasFault, state.leaveReason != .exit { trapAfterInstruction() }
        return 1 - state.remaining
    }

    private func raiseFetch(_ fault: Fault) {
        if fault.vector == Fault.leave {
            state.leaveReason = .exit
        } else {
            state.fault = fault
            state.leaveReason = .fault
            state.remaining &-= 1
        }
    }

    /// Delivers the exception that an instruction raised; the instruction has been counted.
    private func deliverIfRaised() -> Int {
        guard state.leaveReason == .fault else { return 0 }
        state.leaveReason = .none
        state.answerCount = 0
        state.answersUsed = 0
        deliverException(state.fault)
        return 0
    }

    /// The trap behind an instruction that was begun with TF set.
    private func trapAfterInstruction() {
        state.debug[6] |= 1 << 14
        deliverException(.debug)
    }
}
