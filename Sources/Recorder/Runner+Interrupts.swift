internal import Devices
internal import Engine
internal import Machine
internal import TraceFormat

extension Runner where P: ~Copyable, B: ~Copyable, Sink: ~Copyable {
    /// Gives the guest an interrupt that is due, or sees to it that it stops where it can take one.
    ///
    /// An exit that the guest makes by itself is the best place, because a replay gets there by executing. A guest that makes
    /// none within the grace period is kicked out, and from then on wherever it can take the interrupt is good enough: the
    /// whole state is recorded there.
    mutating func deliverInterrupt(at now: MachineTime, _ alarm: Alarm) throws(EngineError) {
        let mayPass = !interrupts.takeWaking()
        var retry: MachineTime?
        if board.nonMaskableInterruptRequested {
            try deliverNonMaskableInterrupt(at: now, mayPass: mayPass)
            // One that still waits is tried again, whether or not the guest makes an exit.
            if board.nonMaskableInterruptRequested { retry = now.advanced(byNanoseconds: interrupts.grace) }
        }
        if plan != nil { try followPlan() }
        guard board.interruptRequested, plan?.releasesInterrupt ?? true else {
            interrupts.endWaiting()
            // It may have been asked for by an interrupt that has been withdrawn.
            processor.requestInterruptWindow(false)
            return setAlarm(alarm, to: retry)
        }
        if processor.canTakeInterrupt, !(mayPass && letsExitPass()) {
            if position == .asynchronous { try takeKeyframe(at: now) }
            let vector = board.acknowledgeInterrupt()
            sink.append(.interrupt(vector: vector), rip: 0, at: now)
            try processor.inject(vector: vector)
            plan?.deliver()
            processor.requestInterruptWindow(false)
            interrupts.endWaiting()
            return setAlarm(alarm, to: retry)
        }
        let end = interrupts.wait(at: now)
        // A kick would find the guest unable still: have it stopped as soon as it is able.
        processor.requestInterruptWindow(end == nil)
        setAlarm(alarm, to: .earliest(retry, end))
    }

    /// Gives the guest a non-maskable interrupt, which the processor keeps until it can take it.
    private mutating func deliverNonMaskableInterrupt(at now: MachineTime, mayPass: Bool) throws(EngineError) {
        guard try isNonMaskableInterruptDue(), !(mayPass && letsExitPass()),
            board.acknowledgeNonMaskableInterrupt()
        else { return }
        if position == .asynchronous { try takeKeyframe(at: now) }
        sink.append(.nonMaskableInterrupt, rip: 0, at: now)
        try processor.injectNonMaskable()
    }

    /// Whether a non-maskable interrupt waits that the guest can take.
    func isNonMaskableInterruptDue() throws(EngineError) -> Bool {
        guard board.nonMaskableInterruptRequested else { return false }
        return try processor.canTakeNonMaskable()
    }

    private mutating func letsExitPass() -> Bool { chaos?.letsExitPass() ?? false }

    /// When the guest is stopped for the board's next deadline, if it has made no exit by then.
    private mutating func nextDeadlineTime() -> MachineTime? {
        if plan != nil { return now.advanced(byNanoseconds: Self.planPatience) }
        let deadline = board.nextDeadline
        if interrupts.deadline != deadline || virtualClock != nil {
            let patience = chaos?.patience(interrupts.grace) ?? interrupts.grace
            interrupts.take(deadline, stoppingAt: deadline.map { hostTime($0).advanced(byNanoseconds: patience) })
        }
        return interrupts.deadlineTime
    }

    /// Has the guest stopped at a time, if it makes no exit until then; sooner for the board's next deadline, which may bring
    /// an interrupt that is not to be masked, or for a keyframe.
    mutating func setAlarm(_ alarm: Alarm, to time: MachineTime?) {
        let keyframe = plan == nil ? schedule.deadline?.advanced(byNanoseconds: interrupts.grace) : nil
        let next = MachineTime.earliest(.earliest(time, nextDeadlineTime()), keyframe)
        interrupts.set(alarm, to: next)
    }

    /// What time it is for the board: host time, and what chaos has added to it.
    func boardTime(_ now: MachineTime) -> MachineTime {
        (virtualClock?.now ?? now).advanced(byNanoseconds: chaos?.skew ?? 0)
    }

    /// When a time of the board comes on the host.
    private func hostTime(_ time: MachineTime) -> MachineTime {
        guard virtualClock == nil else { return now.advanced(byNanoseconds: time.nanoseconds(since: boardTime(now))) }
        return MachineTime(nanoseconds: time.nanoseconds - min(time.nanoseconds, chaos?.skew ?? 0))
    }

    /// Lets time pass while the guest waits in HLT, until a device interrupts it or it has to stop.
    ///
    /// - Returns: false where nothing can wake it any more: it takes no interrupt but a non-maskable one, and none can come.
    mutating func waitForInterrupt() throws(EngineError) -> Bool {
        console.flush()
        while stop.pending == nil {
            if input.hasBytes { try feedConsole() }
            if try isNonMaskableInterruptDue() { return true }
            if processor.interruptFlag {
                if board.interruptRequested { return true }
            } else if try !expectsNonMaskableInterrupt() {
                return false
            }
            if virtualClock != nil, let deadline = board.nextDeadline {
                skip(to: deadline)
            } else {
                stop.wait(nanoseconds: board.nextDeadline.map { hostTime($0).nanoseconds(since: now) })
            }
            now = clock.now
            try advanceBoard()
        }
        return true
    }

    /// Whether a device may still ask for a non-maskable interrupt that the guest can take.
    private func expectsNonMaskableInterrupt() throws(EngineError) -> Bool {
        guard board.expectsNonMaskableInterrupt(at: boardTime(now)) else { return false }
        return try processor.canTakeNonMaskable()
    }

    /// Lets time pass while the guest waits by a call, until that is over or it has to stop.
    mutating func wait(until deadline: MachineTime) {
        console.flush()
        while stop.pending == nil {
            guard !board.isWaitOver(at: boardTime(now)) else { return board.endWait(at: boardTime(now)) }
            let next = min(deadline, board.nextArrival ?? .latest)
            if virtualClock != nil {
                skip(to: next)
            } else {
                let nanoseconds = hostTime(next).nanoseconds(since: now)
                stop.wait(nanoseconds: nanoseconds, descriptors: links.compactMap(\.descriptor))
            }
            now = clock.now
        }
    }

    /// Sets a virtual clock to a time of the board, if that is later.
    mutating func skip(to time: MachineTime) {
        let skew = chaos?.skew ?? 0
        virtualClock?.skip(to: MachineTime(nanoseconds: time.nanoseconds - min(time.nanoseconds, skew)))
    }

    /// Gives the guest what was typed, as far as it has room.
    mutating func feedConsole() throws(EngineError) {
        let room = board.consoleRoom()
        guard room > 0, try opensForConsole() else { return }
        try giveConsole(input.take(chaos?.share(of: room) ?? room))
    }

    /// Lets the devices do what was due, as far as the guest's memory can change now.
    mutating func advanceBoard() throws(EngineError) {
        let time = boardTime(now)
        guard let due = board.nextDeadline, due <= time else { return }
        guard board.writesMemory(by: time) else { return board.advance(to: time) }
        guard try opensMemory() else { return }
        board.advance(to: time)
        try appendDeviceAccesses(at: now)
    }

    /// Whether the guest can be given console input now.
    mutating func opensForConsole() throws(EngineError) -> Bool {
        try board.receivesConsoleInMemory ? opensMemory() : true
    }

    /// Whether memory can change now: right behind the last event, whose instruction has to be over, or at a moment that is
    /// recorded whole.
    private mutating func opensMemory() throws(EngineError) -> Bool {
        guard try finishesInstruction() else { return false }
        if position == .asynchronous { try takeKeyframe(at: now) }
        return true
    }

    /// Gives the guest bytes of console input, for which it has room.
    mutating func giveConsole(_ bytes: [UInt8]) throws(EngineError) {
        board.receiveConsole(bytes)
        try appendDeviceAccesses(at: now)
    }
}
