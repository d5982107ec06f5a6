internal import X86

extension CPU {
    /// Executes until something is to be reported or the number of instructions is reached; the rest of that number is left
    /// in `budget`. A delivered exception counts as the instruction that raised it.
    ///
    /// - Parameters:
    ///   - end: how many instructions have been executed in all when the budget is used up.
    ///   - passes: goes on where it would end in front of the first instruction.
    func execute(budget: inout Int, end: UInt64, passes: Bool) -> Bool {
        var passes = passes
        while budget > 0 {
            if state.isHalted || state.watching.hit != nil { return true }
            if state.watching.hasStops {
                if !around.offsetStops.isEmpty { noteCodeBase() }
                let address = codeAddress(state.ip)
                if !passes, around.stops.contains(address) || around.offsetStops.contains(state.ip), isSought {
                    state.watching.isAtStop = true
                    return true
                }
                if raiseBreakpoint(at: address) {
                    budget -= 1
                    if state.watching.hasTransfers { countTransfers(end &- UInt64(budget)) }
                    continue
                }
            }
            passes = false
            if state.nmiPending, !state.nmiMasked, state.shadow == 0, state.answerCount == 0 {
                deliverNonMaskable()
                budget -= 1
                if state.watching.hasTransfers { countTransfers(end &- UInt64(budget)) }
                if state.leaveReason == .exit { return true }
                continue
            }
            if mustStep {
                budget -= stepOnce()
            } else {
                budget -= runBlocks(min(budget, Self.slice))
            }
            if state.watching.hasTransfers { countTransfers(end &- UInt64(budget)) }
            if state.leaveReason == .exit || state.bounce.isReporting { return true }
            if state.wantsWindow, canTakeInterrupt { return true }
            if state.watching.stopsAtTableSwitches, hasSwitchedTables() {
                state.watching.isAtStop = true
                return true
            }
        }
        return false
    }

    /// Whether the registers are those with which alone the run is to end, if any are.
    private var isSought: Bool {
        guard let sought = around.sought else { return true }
        for number in 0..<16 where state.general[number] != sought[number] { return false }
        return state.ip == sought[16] && flagsBetweenTurns == sought[17]
    }

    /// Whether something has to be looked at behind the next instruction.
    private var mustStep: Bool {
        state.answerCount > 0 || state.otherFlags & (Flag.trap | Flag.resume) != 0 || state.shadow != 0
            || state.watching.mustStep
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
        state.watching.isBetweenTurns = false
        do {
            let block = try findOrDecode(state.ip)
            if Int(block.record.count) > count || block.record.secondPage != 0 || block.record.beginsAlone {
                return stepOnce()
            }
            state.blockIP = state.ip
            remember(block, link: 0)
            state.watching.isStepping = !state.watching.isActive
            // It may begin where a run may end, and then other blocks do not enter it; the caller has looked.
            state.remaining = count - Int(block.record.count)
            perform(self, block.firstInstruction)
            state.watching.isStepping = true
        } catch {
            raiseFetch(error)
        }
        let executed = count - state.remaining
        if state.watching.isActive, state.leaveReason == .fault {
            state.watching.steppedAddress = codeAddress(state.ip)
        }
        _ = deliverIfRaised()
        state.watching.steppedAddress = nil
        if state.watching.isTaskTrapped, state.leaveReason != .exit { deliverTraps() }
        return executed
    }

    private func findOrDecode(_ ip: UInt64) throws(Fault) -> Block {
        let linear = codeAddress(ip)
        if state.mode.hasFlatCode {
            let recent = unsafe recent(linear)
            if unsafe recent.pointee.linear == linear, unsafe recent.pointee.stamp == state.stamp {
                let block = Block(unsafe recent.pointee.block)
                if !block.record.isStale { return block }
            }
        }
        if let block = findDecoded(ip) { return block }
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
        state.watching.isBetweenTurns = false
        state.watching.trapsBehind = state.otherFlags & Flag.trap != 0
        let resumes = state.otherFlags & Flag.resume
        let shadowed = state.shadow
        let carried = state.watching.debugHits
        state.watching.steppedAddress = codeAddress(state.ip)
        defer { state.watching.steppedAddress = nil }
        do {
            let block = try decode(state.ip, limit: 1, keep: false)
            state.remaining = 0
            state.blockIP = state.ip
            state.shadow = 0
            // RF holds for one instruction: one that loads the flags sets it anew.
            state.otherFlags &= ~Flag.resume
            perform(self, block.first)
        } catch {
            raiseFetch(error)
            state.remaining = state.leaveReason == .exit ? 1 : 0
        }
        if state.leaveReason == .exit {
            state.shadow = shadowed
            state.otherFlags |= resumes
            state.watching.debugHits = carried
            return 1 - state.remaining
        }
        if state.watching.isBetweenTurns { state.otherFlags |= resumes }
        if state.leaveReason == .slice { state.leaveReason = .none }
        state.answerCount = 0
        if state.leaveReason == .fault {
            state.watching.debugHits = 0
            state.watching.trapsBehind = false
        }
        _ = deliverIfRaised()
        state.watching.endOfStep = state.ip
        if state.leaveReason != .exit { deliverTraps() }
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
}
