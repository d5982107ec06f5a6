internal import X86

// The debug registers (Intel SDM vol. 3, chapter 19). Breakpoints in front of instructions end blocks like the stops of a
// debugger outside; pages with data breakpoints have no translation, so that accesses to them come to the slow path.
extension CPU {
    /// Whether a breakpoint is enabled, for this task or all.
    private func isEnabled(_ number: Int) -> Bool { state.debug[7] >> UInt64(2 * number) & 3 != 0 }

    /// What a breakpoint is about.
    private func kind(_ number: Int) -> UInt64 { state.debug[7] >> UInt64(16 + 4 * number) & 3 }

    /// The address of a data breakpoint, and how many bytes it covers.
    private func range(_ number: Int) -> (start: UInt64, size: UInt64) {
        let size: UInt64 =
            switch state.debug[7] >> UInt64(18 + 4 * number) & 3 {
            case 0: 1
            case 1: 2
            case 2: 8
            default: 4
            }
        return (state.debug[number] & ~(size - 1), size)
    }

    /// The linear addresses of breakpoints in front of instructions.
    var codeBreakpoints: [UInt64] {
        (0..<4).filter { isEnabled($0) && kind($0) == DR7.onExecution }.map { state.debug[$0] }
    }

    /// Makes what depends on the debug registers fit them.
    func updateBreakpoints() {
        updateStops()
        let had = state.watching.hasDataBreakpoints
        let has = (0..<4).contains { isEnabled($0) && kind($0) != DR7.onExecution }
        state.watching.hasDataBreakpoints = has
        state.watching.isActive = has || !around.watches.isEmpty
        if had || has { flushTranslations() }
    }

    /// Whether a breakpoint lies on a linear page.
    func hasDataBreakpoint(onPage page: UInt64) -> Bool {
        guard state.watching.hasDataBreakpoints else { return false }
        return (0..<4).contains { isEnabled($0) && range($0).start.page == page }
    }

    /// Notes that bytes of memory, or ports, are accessed, for the trap behind the instruction; throws where it cannot be noted
    /// because a block executes.
    ///
    /// - Parameter kind: ``DR7/onWrite`` for a write, ``DR7/onAccess`` for a read.
    func noteBreakpoints(_ address: UInt64, size: Int, on kind: UInt64) throws(Fault) {
        for number in 0..<4 where isEnabled(number) {
            let wanted = self.kind(number)
            guard wanted == kind || (wanted == DR7.onAccess && kind == DR7.onWrite) else { continue }
            let (start, count) = range(number)
            guard address < start &+ count, start < address &+ UInt64(size) else { continue }
            guard state.watching.isStepping else {
                state.watching.mustStep = true
                throw .watching
            }
            state.watching.debugHits |= 1 << UInt64(number)
        }
    }

    /// Raises the exception in front of an instruction with a breakpoint, unless RF or the shadow of a load of SS holds it back.
    func raiseBreakpoint(at address: UInt64) -> Bool {
        guard state.otherFlags & Flag.resume == 0, state.shadow != 1 else { return false }
        var bits: UInt64 = 0
        for number in 0..<4 where isEnabled(number) && kind(number) == DR7.onExecution && state.debug[number] == address
        {
            bits |= 1 << UInt64(number)
        }
        guard bits != 0 else { return false }
        deliverException(.debug(bits))
        return true
    }

    /// Raises the trap behind an instruction, if one is due. Behind a load of SS it waits for the next instruction, but for that
    /// of a single step, which is lost.
    func deliverTraps() {
        guard state.shadow != 1 else { return }
        var bits = state.watching.debugHits
        if state.watching.trapsBehind { bits |= DR6.singleStep }
        if state.watching.isTaskTrapped { bits |= DR6.taskSwitch }
        state.watching.isTaskTrapped = false
        state.watching.debugHits = 0
        state.watching.trapsBehind = false
        guard bits != 0 else { return }
        // Between two turns of a repeated instruction what is pushed has RF set.
        if state.watching.isBetweenTurns { state.otherFlags |= Flag.resume }
        deliverException(.debug(bits))
    }

    /// What a debug exception does to the debug registers.
    func enterDebugException(_ bits: UInt64) {
        state.debug[6] = state.debug[6] & ~DR6.breakpoints | bits
        state.debug[7] &= ~DR7.generalDetect
    }
}
