internal import ByteCoding
internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Compares the whole state with a keyframe's. The first keyframe is restored instead of reached.
    mutating func compareState(keyframe number: UInt32, _ recorded: RecordedEvent) throws(ReplayStop) -> Arrival {
        let keyframe = try keyframe(number, recorded)
        let ending = ending(after: recorded)
        let isFirst = recorded.ordinal == reader.header.firstEvent
        if isFirst {
            try known.restore(keyframe, into: &processor)
        } else if let ending {
            try runInto(ending, recorded)
        }
        let capture = try capture()
        if isFirst { instructions.begin(at: processor.instructionsRetired) } else { try count(recorded) }
        // A processor that has shut down has no defined registers (AMD APM vol. 2, 15.14.3).
        let hasShutDown = ending == .tripleFault || recent.endWithTripleFault
        let isEqual =
            try hasShutDown
            ? capture.digest.memory == keyframe.digest.memory : matches(keyframe, capture)
        guard isEqual else {
            guard isCutOff(after: recorded), try endsHere() else {
                throw .divergence(try difference(of: capture.state, from: keyframe, recorded))
            }
            try jump(to: keyframe, recorded)
            return .restored(.cutOff)
        }
        known.stand(at: keyframe)
        return isFirst ? .beginning : .executed(looks: 0)
    }

    /// Whether the trace has lost its end right after this keyframe, and with it the exit that may have led to it: a
    /// triple fault or an instruction that could not be emulated.
    private func isCutOff(after recorded: RecordedEvent) -> Bool {
        reader.outcome == nil && recorded.ordinal.rawValue + 1 == reader.events.upperBound.rawValue
    }

    /// Whether further execution leads to an end that leaves the last state unchanged and is not recorded as an event.
    private mutating func endsHere() throws(ReplayStop) -> Bool {
        pace.beginRunning()
        let exit = try onEngine(run())
        return exit == .tripleFault || exit == .emulationFailure
    }

    /// The trace's outcome if this keyframe is its last one.
    func ending(after recorded: RecordedEvent) -> Outcome? {
        recorded.ordinal.rawValue + 2 == reader.events.upperBound.rawValue ? reader.outcome : nil
    }

    /// Restores a keyframe, and checks that this host preserves its state.
    mutating func jump(to keyframe: Keyframe, _ recorded: RecordedEvent) throws(ReplayStop) {
        try known.restore(keyframe, into: &processor)
        instructions.begin(at: processor.instructionsRetired)
        let capture = try capture()
        guard capture.digest == keyframe.digest else {
            try known.check(keyframe)
            throw .divergence(try difference(of: capture.state, from: keyframe, recorded))
        }
        known.take(keyframe)
    }

    mutating func capture() throws(ReplayStop) -> StateTracker.Capture { try known.capture(&processor) }

    /// Reads the keyframe of an event.
    mutating func keyframe(_ number: UInt32, _ recorded: RecordedEvent) throws(ReplayStop) -> Keyframe {
        let keyframe = try onTrace(reader.keyframe(Int(number)))
        try known.check(keyframe)
        return keyframe
    }

    /// Goes to a keyframe by restoring it, and checks that this host preserves its state.
    ///
    /// - Returns: the keyframe's event.
    @discardableResult
    mutating func start(atKeyframe number: Int) throws(ReplayStop) -> RecordedEvent {
        let keyframe = try onTrace(reader.keyframe(number))
        let recorded = try event(of: keyframe)
        recent = RecentEvents(upTo: recorded.ordinal, of: reader)
        try jump(to: keyframe, recorded)
        pace.meet(recorded)
        try findSequel(at: keyframe)
        return recorded
    }

    /// Moves the cursor past the event of a keyframe. The event must be where the index says it is.
    private mutating func event(of keyframe: Keyframe) throws(ReplayStop) -> RecordedEvent {
        cursor.seek(to: keyframe.event)
        let wanted = Event.keyframe(number: keyframe.number, keyframe.position)
        guard let recorded = try nextEvent(), recorded.event == wanted else {
            throw .error(.inconsistent(keyframe.event, "the event of keyframe \(keyframe.number) is missing"))
        }
        return recorded
    }

    /// The differences between the machine and a keyframe.
    mutating func difference(
        of actual: ProcessorState,
        from keyframe: Keyframe,
        _ recorded: RecordedEvent
    ) throws(ReplayStop) -> Divergence {
        var memory = keyframe.memory
        let addresses = try known.pages(of: processor.memory, thatDifferFrom: keyframe)
        var listed: [Divergence.PageDifference] = []
        for address in addresses.prefix(Divergence.listedPages) {
            let expected = try onTrace(memory.page(at: address))
            let actual = try page(at: address, recorded)
            if let page = Divergence.PageDifference(page: address, expected: expected, actual: actual) {
                listed.append(page)
            }
        }
        var report = makeDivergence(
            at: recorded,
            expected: "the state of keyframe \(keyframe.number), digest \(keyframe.digest)",
            actual: "another state after the same exits"
        )
        report.registers = keyframe.state.differences(to: actual)
        report.pages = listed
        report.pageCount = addresses.count
        return report
    }

    /// A page of memory as it is now. Errors name the given event.
    func page(at address: GuestPhysicalAddress, _ recorded: RecordedEvent) throws(ReplayStop) -> [UInt8] {
        try onMemory(at: recorded.ordinal, processor.memory.read(at: address, count: GuestMemory.pageSize))
    }
}
