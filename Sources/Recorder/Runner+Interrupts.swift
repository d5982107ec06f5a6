internal import Devices
internal import Engine
internal import Machine
internal import TraceFormat

extension Runner where P: ~Copyable, B: ~Copyable, Sink: ~Copyable {
    /// Delivers a due interrupt, or makes sure that the guest stops where it can take it.
    ///
    /// An exit that the guest makes by itself is the best place, because a replay reaches it by executing. If the guest
    /// makes no exit within the grace period, it is kicked out. From then on, any place where it can take the interrupt
    /// will do, because the whole state is recorded there.
    mutating func deliverInterrupt(_ alarm: Alarm) throws(EngineError) {
        let mayPass = !interrupts.takeWaking()
        var retry: MachineTime?
        if board.nonMaskableInterruptRequested {
            try deliverNonMaskableInterrupt(mayPass: mayPass)
            // Retry an interrupt that still waits, whether or not the guest makes an exit.
            if board.nonMaskableInterruptRequested { retry = time.now.advanced(byNanoseconds: interrupts.grace) }
        }
        if plan != nil { try followPlan() }
        guard board.interruptRequested, plan?.releasesInterrupt ?? true else {
            interrupts.endWaiting()
            // The interrupt that requested the window may have been withdrawn.
            processor.requestInterruptWindow(false)
            return setAlarm(alarm, to: retry)
        }
        if processor.canTakeInterrupt, !(mayPass && time.letsExitPass()) {
            try fixMoment()
            let vector = board.acknowledgeInterrupt()
            appendInput(.interrupt(vector: vector))
            try processor.inject(vector: vector)
            plan?.deliver()
            processor.requestInterruptWindow(false)
            interrupts.endWaiting()
            return setAlarm(alarm, to: retry)
        }
        let end = interrupts.wait(at: time.now)
        // A kick would still find the guest unable to take it. Stop the guest as soon as it is able.
        processor.requestInterruptWindow(end == nil)
        setAlarm(alarm, to: .earliest(retry, end))
    }

    /// Gives the guest a non-maskable interrupt. The processor holds it until the guest can take it.
    private mutating func deliverNonMaskableInterrupt(mayPass: Bool) throws(EngineError) {
        guard try isNonMaskableInterruptDue(), !(mayPass && time.letsExitPass()),
            board.acknowledgeNonMaskableInterrupt()
        else { return }
        try fixMoment()
        appendInput(.nonMaskableInterrupt)
        try processor.injectNonMaskable()
    }

    /// Whether a non-maskable interrupt waits and the guest can take it.
    func isNonMaskableInterruptDue() throws(EngineError) -> Bool {
        guard board.nonMaskableInterruptRequested else { return false }
        return try processor.canTakeNonMaskable()
    }

    /// When to stop the guest for the board's next deadline, if it has made no exit by then.
    private mutating func nextDeadlineTime() -> MachineTime? {
        if plan != nil { return time.now.advanced(byNanoseconds: Self.planPatience) }
        let deadline = board.nextDeadline
        if interrupts.deadline != deadline || time.isVirtual {
            let patience = time.patience(interrupts.grace)
            interrupts.take(deadline, stoppingAt: deadline.map { time.host(at: $0).advanced(byNanoseconds: patience) })
        }
        return interrupts.deadlineTime
    }

    /// Makes the guest stop at a given time if it makes no exit by then. It stops sooner for a keyframe, or for the
    /// board's next deadline, which may bring a non-maskable interrupt.
    mutating func setAlarm(_ alarm: Alarm, to instant: MachineTime?) {
        let keyframe = plan == nil ? schedule.deadline?.advanced(byNanoseconds: interrupts.grace) : nil
        let next = MachineTime.earliest(.earliest(instant, nextDeadlineTime()), keyframe)
        interrupts.set(alarm, to: next)
    }

    /// Lets time pass while the guest waits in HLT, until a device interrupts it or it has to stop.
    ///
    /// - Returns: false if nothing can wake the guest any more. It then accepts only non-maskable interrupts, and none
    ///   can come.
    mutating func waitForInterrupt() throws(EngineError) -> Bool {
        terminal.console.flush()
        while control.stop.pending == nil {
            if terminal.input.hasBytes { try feedConsole() }
            if network.hasNews { try feedNetwork() }
            if try isNonMaskableInterruptDue() { return true }
            if processor.interruptFlag {
                if board.interruptRequested { return true }
            } else if try !expectsNonMaskableInterrupt() {
                return false
            }
            if time.isVirtual, let deadline = board.nextDeadline {
                time.skip(to: deadline)
            } else {
                control.stop.wait(
                    nanoseconds: board.nextDeadline.map { time.host(at: $0).nanoseconds(since: time.now) }
                )
            }
            time.look()
            try advanceBoard()
        }
        return true
    }

    /// Whether a device may still raise a non-maskable interrupt that the guest can take.
    private func expectsNonMaskableInterrupt() throws(EngineError) -> Bool {
        guard board.expectsNonMaskableInterrupt(at: time.board) else { return false }
        return try processor.canTakeNonMaskable()
    }

    /// Lets time pass while the guest waits in a hypercall, until the wait is over or the guest has to stop.
    mutating func wait(until deadline: MachineTime) {
        terminal.console.flush()
        while control.stop.pending == nil {
            guard !board.isWaitOver(at: time.board) else { return board.endWait(at: time.board) }
            let next = min(deadline, board.nextArrival ?? .latest)
            if time.isVirtual {
                time.skip(to: next)
            } else {
                let nanoseconds = time.host(at: next).nanoseconds(since: time.now)
                control.stop.wait(nanoseconds: nanoseconds, descriptors: network.descriptors)
            }
            time.look()
        }
    }

    /// Gives the guest as much of the typed input as it has room for.
    mutating func feedConsole() throws(EngineError) {
        let room = board.consoleRoom()
        guard room > 0, try opensForConsole() else { return }
        try giveConsole(terminal.input.take(time.share(of: room)))
    }

    /// Gives the guest the packets that have come, as many as it has room for.
    mutating func feedNetwork() throws(EngineError) {
        switch board.packetArrival(at: time.board) {
        case .none: network.watchAgain()
        case .waiting: break
        case .ready:
            guard try opensMemory() else { return }
            board.receivePackets(at: time.board, limit: time.share(of: Self.mostPackets))
            try appendDeviceAccesses()
        }
    }

    /// The most packets that a guest is given at once.
    private static var mostPackets: Int { 64 }

    /// Lets the devices do whatever is due, provided that guest memory can change now if they write to it.
    mutating func advanceBoard() throws(EngineError) {
        let present = time.board
        guard let due = board.nextDeadline, due <= present else { return }
        guard board.writesMemory(by: present) else { return board.advance(to: present) }
        guard try opensMemory() else { return }
        board.advance(to: present)
        try appendDeviceAccesses()
    }

    /// Whether the guest can be given console input now.
    mutating func opensForConsole() throws(EngineError) -> Bool {
        try board.receivesConsoleInMemory ? opensMemory() : true
    }

    /// Whether memory can change now. It can right after the last event, once its instruction has finished, or at a
    /// moment at which the whole state is recorded.
    private mutating func opensMemory() throws(EngineError) -> Bool {
        guard try finishesInstruction() else { return false }
        try fixMoment()
        return true
    }

    /// Gives the guest bytes of console input. The guest must have room for them.
    mutating func giveConsole(_ bytes: [UInt8]) throws(EngineError) {
        board.receiveConsole(bytes)
        try appendDeviceAccesses()
    }
}
