internal import X86

/// What makes a processor switch tasks.
enum TaskSwitchCause {
    case jump
    /// CALL and interrupts: the new task is nested in the old one.
    case call
    case interruptReturn
}

extension CPU {
    /// Goes to the task of a task state segment or a task gate, by JMP or CALL (Intel SDM vol. 3, 8.3).
    func jumpToTask(_ selector: UInt16, _ found: Descriptor, _ cause: TaskSwitchCause) throws(Fault) {
        let code = UInt32(selector & 0xFFFC)
        guard !isLongMode, found.privilege >= state.privilege, found.privilege >= UInt8(selector & 3) else {
            throw .protection(code)
        }
        guard found.type != 5 else {
            guard found.isPresent else { throw .notPresent(code) }
            try switchTask(throughGate: found, cause)
            return
        }
        guard selector & 4 == 0 else { throw .protection(code) }
        guard found.isPresent else { throw .notPresent(code) }
        try switchTask(to: selector, found, cause)
    }

    /// Goes to the task that a gate names.
    ///
    /// - Parameter external: the bit of error codes that says that the cause is no instruction.
    /// - Parameter errorCode: pushed on the new task's stack.
    func switchTask(
        throughGate gate: Descriptor,
        _ cause: TaskSwitchCause,
        external: UInt32 = 0,
        errorCode: UInt32? = nil
    ) throws(Fault) {
        let selector = gate.gateSelector
        let code = UInt32(selector & 0xFFFC) | external
        guard selector & 4 == 0, let found = try descriptor(selector), !found.isOrdinary,
            found.type == 1 || found.type == 9
        else { throw .protection(code) }
        guard found.isPresent else { throw .notPresent(code) }
        try switchTask(to: selector, found, cause, external: external, errorCode: errorCode)
    }

    /// Goes back to the task that the present one is nested in: IRET with NT set.
    func returnFromTask() throws(Fault) {
        let link = UInt16(
            truncatingIfNeeded: try read(state.segments[SegmentNumber.tr].base, size: 2, use: Self.tableUse)
        )
        let code = UInt32(link & 0xFFFC)
        guard link & 4 == 0, let found = try descriptor(link), !found.isOrdinary, found.type == 3 || found.type == 11
        else {
            throw .invalidTSS(code)
        }
        guard found.isPresent else { throw .notPresent(code) }
        try switchTask(to: link, found, .interruptReturn)
    }

    private func switchTask(
        to selector: UInt16,
        _ target: Descriptor,
        _ cause: TaskSwitchCause,
        external: UInt32 = 0,
        errorCode: UInt32? = nil
    ) throws(Fault) {
        let layout = TaskLayout(isWide: target.type & 8 != 0)
        guard target.limit >= layout.limit else { throw .invalidTSS(UInt32(selector & 0xFFFC) | external) }
        let task = try readTask(target.base, layout)
        let old = state.segments[SegmentNumber.tr]
        let oldLayout = TaskLayout(isWide: old.type & 8 != 0)
        // Whatever may fault in the tables does so before anything changes.
        try probeWrite(old.base &+ oldLayout.ip, size: 1, use: Self.tableUse)
        try probeWrite(old.base &+ oldLayout.savedEnd, size: 1, use: Self.tableUse)
        try probeBusy(old.selector)
        try probeBusy(selector)
        if cause == .call { try probeWrite(target.base, size: 2, use: Self.tableUse) }
        if cause != .call { try setBusy(old.selector, false) }
        try saveTask(at: old.base, oldLayout, withoutNesting: cause == .interruptReturn)
        if cause == .call { try write(target.base, size: 2, UInt64(old.selector), use: Self.tableUse) }
        if cause != .interruptReturn { try setBusy(selector, true) }

        var busy = target
        busy.low |= 2 << 40
        state.segments[SegmentNumber.tr] = busy.segment(selector)
        state.cr0 |= CR0.taskSwitched
        state.debug[7] &= ~DR7.local
        state.watching.trapsBehind = false
        state.watching.isBetweenTurns = false
        state.watching.isTaskTrapped = task.isTrapped
        do {
            try enterTask(task, isNested: cause == .call, external)
            if let errorCode { try push(UInt64(errorCode), layout.isWide ? 4 : 2) }
        } catch {
            var fault = error
            fault.isInNewTask = true
            updateBreakpoints()
            throw fault
        }
        updateBreakpoints()
    }

    /// The byte of a descriptor that has the busy bit.
    private func busyAddress(_ selector: UInt16) -> UInt64 { state.gdt.base &+ UInt64(selector & 0xFFF8) &+ 5 }

    private func probeBusy(_ selector: UInt16) throws(Fault) {
        try probeWrite(busyAddress(selector), size: 1, use: Self.tableUse)
    }

    private func setBusy(_ selector: UInt16, _ isBusy: Bool) throws(Fault) {
        let rights = try read(busyAddress(selector), size: 1, use: Self.tableUse)
        try write(busyAddress(selector), size: 1, isBusy ? rights | 2 : rights & ~2, use: Self.tableUse)
    }
}
