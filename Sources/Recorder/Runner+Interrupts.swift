internal import Devices
internal import Engine
internal import Machine
internal import TraceFormat

extension Runner where P: ~Copyable, Sink: ~Copyable {
    /// Gives the guest an interrupt that is due, or sees to it that it stops where it can take one.
    ///
    /// An exit that the guest makes by itself is the best place, because a replay gets there by executing. A guest that makes
    /// none within the grace period is kicked out, and from then on wherever it can take the interrupt is good enough: the
    /// whole state is recorded there.
    mutating func deliverInterrupt(at now: MachineTime, _ alarm: Alarm) throws(EngineError) {
        if board.nonMaskableInterruptRequested { try deliverNonMaskableInterrupt(at: now) }
        guard board.interruptRequested else {
            dueSince = nil
            return setAlarmForNextDeadline(alarm)
        }
        if processor.canTakeInterrupt, !(chaos?.letsExitPass() ?? false) {
            if position == .asynchronous { try takeKeyframe(at: now) }
            let vector = board.acknowledgeInterrupt()
            sink.append(.interrupt(vector: vector), rip: 0, at: now)
            try processor.inject(vector: vector)
            processor.requestInterruptWindow(false)
            dueSince = nil
            return setAlarmForNextDeadline(alarm)
        }
        let since = dueSince ?? now
        dueSince = since
        let isOverdue = now.nanoseconds(since: since) >= grace
        // A kick would find the guest unable still: have it stopped as soon as it is able.
        processor.requestInterruptWindow(isOverdue)
        alarmDeadline = nil
        setAlarm(alarm, to: isOverdue ? nil : since.advanced(byNanoseconds: grace))
    }

    /// Gives the guest a non-maskable interrupt, which the processor keeps until it can take it.
    private mutating func deliverNonMaskableInterrupt(at now: MachineTime) throws(EngineError) {
        guard board.acknowledgeNonMaskableInterrupt() else { return }
        if position == .asynchronous { try takeKeyframe(at: now) }
        sink.append(.nonMaskableInterrupt, rip: 0, at: now)
        try processor.injectNonMaskable()
    }

    /// Nanoseconds to wait for an exit this time.
    private mutating func patience() -> UInt64 {
        chaos?.patience(grace) ?? grace
    }

    private mutating func setAlarmForNextDeadline(_ alarm: Alarm) {
        guard let deadline = board.nextDeadline else { return setAlarm(alarm, to: nil) }
        guard deadline != alarmDeadline || virtualClock != nil else { return }
        alarmDeadline = deadline
        setAlarm(alarm, to: hostTime(deadline).advanced(byNanoseconds: patience()))
    }

    private mutating func setAlarm(_ alarm: Alarm, to time: MachineTime?) {
        guard time != alarmTime else { return }
        alarmTime = time
        alarm.set(time)
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
    mutating func waitForInterrupt() throws(EngineError) {
        console.flush()
        while stop.pending == nil {
            try feedConsole()
            if board.interruptRequested || board.nonMaskableInterruptRequested { return }
            if virtualClock != nil, let deadline = board.nextDeadline {
                skip(to: deadline)
            } else {
                stop.wait(nanoseconds: board.nextDeadline.map { hostTime($0).nanoseconds(since: now) })
            }
            now = clock.now
            board.advance(to: boardTime(now))
        }
    }

    /// Sets a virtual clock to a time of the board, if that is later.
    mutating func skip(to time: MachineTime) {
        let skew = chaos?.skew ?? 0
        virtualClock?.skip(to: MachineTime(nanoseconds: time.nanoseconds - min(time.nanoseconds, skew)))
    }

    /// Gives the guest what was typed, as far as it has room.
    mutating func feedConsole() throws(EngineError) {
        guard input.hasBytes else { return }
        let room = board.consoleRoom()
        guard room > 0 else { return }
        guard board.receivesConsoleInMemory else { return board.receiveConsole(input.take(room)) }
        // Memory changes here and now: behind the last event, whose instruction is over, or at a moment recorded whole.
        guard try finishesInstruction() else { return }
        if position == .asynchronous { try takeKeyframe(at: now) }
        board.receiveConsole(input.take(room))
        try appendDeviceWrites(at: now)
        position = .synchronous
    }
}
