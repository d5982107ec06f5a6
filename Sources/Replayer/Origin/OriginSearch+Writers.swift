internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension OriginSearch where P: ~Copyable {
    /// What last wrote any of the wanted bytes.
    enum Writer {
        /// What the guest did at this moment: an instruction, or the delivery of an interrupt.
        case step(before: Moment, WatchHit?)
        case device(RecordedEvent)
        case reset(RecordedEvent)
        /// Nothing did.
        case beginning
        /// Nothing wrote the wanted registers in so many instructions.
        case tooFar(UInt64)
    }

    /// How many instructions are executed one by one at first, to find the last write to a register; then 16 times as many, up to
    /// ``longestWindow`` at a time.
    private static var firstWindow: UInt64 { 64 }
    private static var longestWindow: UInt64 { 1 << 14 }
    /// How far back writes to registers are looked for.
    private static var reach: UInt64 { 1 << 22 }

    /// Finds the last writer at a moment or before it.
    ///
    /// Memory is watched, which costs nearly nothing. A write to a register can only be found by executing instructions one by
    /// one, but is nearly always close by.
    mutating func lastWriter(before present: Moment) throws(TimelineError) -> Writer {
        if wanted.keys.allSatisfy({ $0.physical != nil }) { return try lastMemoryWriter(before: present) }
        let first = Moment(event: debugger.reader.header.firstEvent)
        var (end, length, total) = (present, Self.firstWindow, UInt64(0))
        while total < Self.reach {
            let start = try goBack(from: end, by: length)
            if let writer = try scan(to: end) { return writer }
            if start <= first { return .beginning }
            total += length
            (end, length) = (start, min(length * 16, Self.longestWindow))
        }
        return .tooFar(total)
    }

    private mutating func lastMemoryWriter(before present: Moment) throws(TimelineError) -> Writer {
        debugger.watched = [watched]
        defer { debugger.watched = [] }
        switch try debugger.lastWrite(before: present) {
        case nil: return .beginning
        case .device(let recorded): return .device(recorded)
        case .reset(let recorded): return .reset(recorded)
        case .guest(let behind, let hit):
            debugger.watched = []
            guard try debugger.goBack(before: behind), let before = debugger.moment else { return .beginning }
            return .step(before: before, hit)
        }
    }

    /// The wanted memory.
    private var watched: WatchedPlace {
        var pieces: [WatchedMemory.Piece] = []
        for address in wanted.keys.compactMap(\.physical).sorted() {
            if let last = pieces.last, last.address.rawValue + UInt64(last.count) == address.rawValue,
                address.rawValue % UInt64(GuestMemory.pageSize) != 0
            {
                pieces[pieces.count - 1].count += 1
            } else {
                pieces.append(WatchedMemory.Piece(address: address, count: 1))
            }
        }
        return WatchedPlace(WatchedMemory(pieces), includesReads: false)
    }

    // MARK: Windows

    /// Goes to a moment that is about so many instructions before another one.
    ///
    /// - Returns: that moment.
    private mutating func goBack(from end: Moment, by count: UInt64) throws(TimelineError) -> Moment {
        var target = try moment(before: end, by: count)
        while true {
            do throws(TimelineError) {
                try debugger.go(to: target)
                return target
            } catch {
                // There is no such moment: it is inside an instruction, or the stretch is shorter than it was taken for.
                switch error {
                case .insideInstruction, .noSuchMoment: break
                default: throw error
                }
                guard target > Moment(event: debugger.reader.header.firstEvent) else { throw error }
                target = Moment(
                    event: target.instructions > 0 ? target.event : EventOrdinal(target.event.rawValue - 1)
                )
            }
        }
    }

    private mutating func moment(before end: Moment, by count: UInt64) throws(TimelineError) -> Moment {
        guard end.instructions < count else {
            return Moment(event: end.event, instructions: end.instructions - count)
        }
        var (event, sum) = (end.event.rawValue, end.instructions)
        while event > debugger.reader.header.firstEvent.rawValue {
            event -= 1
            let length = try debugger.roughLength(after: EventOrdinal(event))
            // The instruction that makes the exit may be one of these.
            if sum + length > count {
                return Moment(event: EventOrdinal(event), instructions: sum + length - count - 1)
            }
            sum += length
        }
        return Moment(event: EventOrdinal(event))
    }

    // MARK: Scanning

    /// Executes instruction by instruction up to a moment, and finds the last one that wrote anything wanted.
    private mutating func scan(to end: Moment) throws(TimelineError) -> Writer? {
        let place = watched
        debugger.watched = place.memory.pieces.isEmpty ? [] : [place]
        debugger.transfers = .init(wanted: .exceptions)
        defer {
            debugger.watched = []
            debugger.transfers = .init()
        }
        var found: Writer?
        let registers = wantedRegisters
        var isSettled = false
        while let place = debugger.moment, place < end {
            if !isSettled {
                if let writer = try settle(upTo: end) { found = writer }
                isSettled = true
                continue
            }
            let isCandidate = try nextWrites(registers)
            debugger.lastHit = nil
            debugger.transfers.taken = []
            let stop = try debugger.step()
            guard stop != .end, let behind = debugger.moment else { break }
            let hit = debugger.lastHit
            // An instruction that raised an exception did not do what it would have done, but pushed a frame.
            let pushed = !debugger.transfers.taken.isEmpty && registers.intersects(Self.stackPointer)
            if hit != nil || isCandidate && debugger.transfers.taken.isEmpty || pushed {
                found = .step(before: place, hit)
            }
            if let reset = try reset(between: place, behind) { found = .reset(reset) }
            if case .watch = stop, hit == nil, behind <= end {
                found = .device(try fromTrace(debugger.reader.event(at: behind.event)))
            }
            if case .watch = stop { isSettled = false }
        }
        return found
    }

    /// Goes through events that come without the guest's executing anything, and returns the last that wrote anything wanted.
    private mutating func settle(upTo end: Moment) throws(TimelineError) -> Writer? {
        var last: RecordedEvent?
        let memory = debugger.watched.first?.memory
        try debugger.settle { recorded in
            guard case .deviceWrite(let address, let bytes) = recorded.event, recorded.ordinal <= end.event,
                memory?.overlaps(address, count: bytes.count) == true
            else { return }
            last = recorded
        }
        return last.map { .device($0) }
    }

    private func reset(between before: Moment, _ behind: Moment) throws(TimelineError) -> RecordedEvent? {
        guard before.event < behind.event else { return nil }
        for number in before.event.rawValue + 1...behind.event.rawValue {
            let recorded = try fromTrace(debugger.reader.event(at: EventOrdinal(number)))
            if case .keyframe(_, .reset) = recorded.event { return recorded }
        }
        return nil
    }

    private static var stackPointer: RegisterSet {
        var set = RegisterSet()
        for number in 0..<8 { set.insert(.register(.general(.rsp), number)) }
        return set
    }

    /// The wanted registers and flags.
    private var wantedRegisters: RegisterSet {
        var set = RegisterSet()
        for byte in wanted.keys.compactMap(\.data) { set.insert(byte) }
        return set
    }

    /// Whether what the guest does next writes to a wanted register, if it raises no exception.
    private mutating func nextWrites(_ registers: RegisterSet) throws(TimelineError) -> Bool {
        if !debugger.timeline.deliveries.isEmpty, try debugger.timeline.nextDelivery() != nil {
            return registers.intersects(Self.stackPointer)
        }
        let state = try debugger.executionState()
        let memory = debugger.timeline.memory
        guard let instruction = code.next(state, in: memory, listing), instruction.written.intersects(registers) else {
            return false
        }
        let hasStack = wanted.keys.contains { if case .register(.stack, _) = $0 { true } else { false } }
        let whole = hasStack ? try debugger.state() : state
        let flow = DataFlow(of: instruction, from: whole) { memory.read($0, count: $1, in: whole) }
        return wanted.keys.contains { $0.data.map { flow.results[$0] != nil } ?? false }
    }
}

extension Debugger where P: ~Copyable {
    /// About how many instructions the guest executes between an event and the next.
    fileprivate mutating func roughLength(after event: EventOrdinal) throws(TimelineError) -> UInt64 {
        let next = EventOrdinal(event.rawValue + 1)
        if timeline.core.isCounted, let count = try fromTrace(reader.event(at: next)).instructions { return count }
        if let known = lengths[event] { return known.instructions }
        // Executes a few more than this one, which are asked for next.
        let first = max(reader.header.firstEvent.rawValue, event.rawValue - min(event.rawValue, Self.measuredAtOnce))
        _ = try arriveAt(Moment(event: EventOrdinal(first)))
        _ = try forward(to: Moment(event: next), observing: false, passing: true) { false }
        return lengths[event]?.instructions ?? 0
    }

    private static var measuredAtOnce: UInt64 { 64 }
}
