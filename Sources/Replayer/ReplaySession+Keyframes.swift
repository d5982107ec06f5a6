internal import ByteCoding
internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension ReplaySession where P: ~Copyable {
    /// Compares the whole state with that of a keyframe; the first one is not reached but restored.
    mutating func compareState(keyframe number: UInt32, _ recorded: RecordedEvent) throws {
        let keyframe = try keyframe(number, recorded)
        let ending = ending(after: recorded)
        if recorded.ordinal == reader.header.firstEvent {
            try restore(keyframe)
        } else {
            if let ending { try runInto(ending, recorded) }
        }
        let capture = try capture()
        // A processor that has shut down has no defined registers (AMD APM vol. 2, 15.14.3).
        let hasShutDown = ending == .tripleFault || recent.inOrder.last?.event == .tripleFault
        let isEqual =
            try hasShutDown
            ? capture.digest.memory == keyframe.digest.memory : matches(keyframe, capture)
        report.digest = keyframe.digest
        guard isEqual else {
            guard isCutOff(after: recorded), try endsHere() else {
                throw try stateDivergence(keyframe, capture.state, recorded)
            }
            try jump(to: keyframe, recorded)
            count(jump: .cutOff)
            report.remarks.append("the last state was restored: what led to it is lost with the trace's end")
            return
        }
        stand(at: keyframe)
        if recorded.ordinal != reader.header.firstEvent { countExecuted() }
    }

    /// Whether the trace has lost its end right after this keyframe, and with it the exit that may have led to it: a
    /// triple fault or an instruction that could not be emulated.
    private func isCutOff(after recorded: RecordedEvent) -> Bool {
        reader.outcome == nil && recorded.ordinal.rawValue + 1 == reader.events.upperBound.rawValue
    }

    /// Whether executing on leads to an end that leaves the last state as it is, and is no event.
    private mutating func endsHere() throws -> Bool {
        timeWatch.begin(milliseconds: timeLimit.running(0))
        let exit = try run()
        return exit == .tripleFault || exit == .emulationFailure
    }

    /// The outcome of the trace, if this keyframe is its last.
    func ending(after recorded: RecordedEvent) -> Outcome? {
        recorded.ordinal.rawValue + 2 == reader.events.upperBound.rawValue ? reader.outcome : nil
    }

    /// Restores a keyframe, and sees that this host keeps it.
    mutating func jump(to keyframe: Keyframe, _ recorded: RecordedEvent) throws {
        try restore(keyframe)
        let capture = try capture()
        guard capture.digest == keyframe.digest else {
            try content.check(keyframe)
            throw try stateDivergence(keyframe, capture.state, recorded)
        }
        content.take(keyframe)
    }

    /// Sees that so many bytes of memory may be filled.
    private func allow(_ bytes: UInt64) throws(ReplayStop) {
        guard bytes > reader.memoryLimit else { return }
        throw .error(.tooMuchMemory(bytes, limit: reader.memoryLimit))
    }

    /// The present state; remembers what has changed until the next keyframe is met.
    mutating func capture() throws -> StateTracker.Capture {
        let capture = try tracker.capture(&processor)
        try allow(tracker.usedMemory)
        changedSinceKeyframe.formUnion(capture.changedPages)
        writtenPages?.formUnion(capture.writtenPages)
        return capture
    }

    /// Reads the keyframe of an event, and holds what it stores against its own digest: executing proves the digest alone.
    mutating func keyframe(_ number: UInt32, _ recorded: RecordedEvent) throws -> Keyframe {
        do {
            let keyframe = try reader.keyframe(Int(number))
            try content.check(keyframe)
            return keyframe
        } catch {
            throw ReplayStop.error(.trace(error))
        }
    }

    /// Remembers that the machine is in a keyframe's state.
    mutating func stand(at keyframe: Keyframe) {
        memoryKeyframe = keyframe.memory
        changedSinceKeyframe.removeAll(keepingCapacity: true)
    }

    /// Goes to a keyframe by restoring it, and sees that this host keeps it.
    ///
    /// - Returns: the keyframe's event.
    mutating func start(atKeyframe number: Int) throws -> EventOrdinal {
        let keyframe = try reader.keyframe(number)
        try jump(to: keyframe, event(of: keyframe))
        recent = RecentEvents()
        (epochsPassed, metTime) = (0, nil)
        forgetSequel()
        return keyframe.event
    }

    /// Goes behind the event of a keyframe, which has to be where the index has it.
    mutating func event(of keyframe: Keyframe) throws(ReplayStop) -> RecordedEvent {
        cursor.seek(to: keyframe.event)
        let wanted = Event.keyframe(number: keyframe.number, keyframe.position)
        guard let recorded = try nextEvent(), recorded.event == wanted else {
            throw .error(.inconsistent(keyframe.event, "the event of keyframe \(keyframe.number) is missing"))
        }
        return recorded
    }

    /// Puts a keyframe's processor and memory into the machine.
    ///
    /// Memory is as at the keyframe that was met last, or all zero, but for the pages that were changed since.
    private mutating func restore(_ keyframe: Keyframe) throws {
        try processor.restore(keyframe.state)
        var memory = keyframe.memory
        do {
            let stale = changedSinceKeyframe.union(try processor.takeDirtyPages(expecting: []))
                .union(try memory.pages(thatMayDifferFrom: memoryKeyframe))
            try allow(UInt64(stale.count) * UInt64(GuestMemory.pageSize))
            writtenPages?.formUnion(stale)
            for address in stale {
                try processor.memory.write(memory.page(at: address), at: address)
            }
        } catch let error as TraceError {
            throw ReplayStop.error(.trace(error))
        }
        stand(at: keyframe)
    }

    /// The report of two states that differ.
    private mutating func stateDivergence(
        _ keyframe: Keyframe,
        _ actual: ProcessorState,
        _ recorded: RecordedEvent
    ) throws -> ReplayStop {
        .divergence(try difference(of: actual, from: keyframe, recorded))
    }

    /// What differs between the machine and a keyframe.
    mutating func difference(
        of actual: ProcessorState,
        from keyframe: Keyframe,
        _ recorded: RecordedEvent
    ) throws -> Divergence {
        var memory = keyframe.memory
        let addresses = try pages(thatDifferFrom: keyframe)
        let listed = try addresses.prefix(Divergence.listedPages).compactMap { address in
            Divergence.PageDifference(
                page: address,
                expected: try memory.page(at: address),
                actual: try processor.memory.read(at: address, count: GuestMemory.pageSize)
            )
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

    /// The pages of memory that are not a keyframe's, by rising address.
    func pages(thatDifferFrom keyframe: Keyframe) throws -> [GuestPhysicalAddress] {
        var memory = keyframe.memory
        return try candidatePages(keyframe).filter {
            try memory.page(at: $0) != processor.memory.read(at: $0, count: GuestMemory.pageSize)
        }
    }

    /// Every page that may differ from a keyframe's: those that either side has ever touched.
    private func candidatePages(_ keyframe: Keyframe) throws -> [GuestPhysicalAddress] {
        var pages = tracker.knownPages
        var memory = keyframe.memory
        try memory.forEachPage { address, _ in pages.insert(address) }
        return pages.sorted()
    }
}
