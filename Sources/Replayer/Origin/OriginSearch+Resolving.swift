internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension OriginSearch where P: ~Copyable {
    /// Makes a step of what the guest did at a moment.
    ///
    /// - Returns: the moment before it.
    mutating func resolve(_ place: Moment, _ hit: WatchHit?) throws(TimelineError) -> Moment {
        try debugger.go(to: place)
        try debugger.settle { _ in }
        guard let before = debugger.moment else { return place }
        let state = try debugger.state()
        let delivery = try debugger.timeline.nextDelivery()?.event
        let address = state.instructionAddress
        let line = delivery == nil ? try debugger.timeline.line(at: address, listing) : nil
        var made = delivery == nil ? results(from: state) : [:]
        let touched = written(by: hit)
        debugger.transfers = .init(wanted: [.exceptions, .interrupts])
        _ = try debugger.step()
        let transfers = debugger.transfers.taken
        debugger.transfers = .init()
        let events = try inputs(after: before)
        var cause = delivery.map { OriginStep.Cause.delivery($0) } ?? .instruction(line)
        if let transfer = transfers.first {
            if delivery == nil { cause = .exception(vector: transfer.vector ?? 0, line) }
            // A fault comes instead of what the instruction does; a trap comes behind it.
            if transfer.kind != .exception || transfer.source == address { made = [:] }
            if !transfer.leavesStack(of: state) { made.merge(pointer(state)) { _, new in new } }
            return try finish(before, cause, made, events, touched.merging(try frame(of: transfer)) { _, new in new })
        }
        return try finish(before, cause, made, events, touched)
    }

    /// Adds the steps: one for what was made of something, and one for each kind of what was pushed or written aside.
    private mutating func finish(
        _ before: Moment,
        _ cause: OriginStep.Cause,
        _ made: [OriginPlace: OriginMaking],
        _ events: [RecordedEvent],
        _ others: [OriginPlace: OriginStep.End]
    ) throws(TimelineError) -> Moment {
        // Decided first: what an instruction reads may be what it writes, and is wanted from then on.
        let rest = others.filter { wanted[$0.key] != nil && made[$0.key] == nil }
        add(cause, made, events, at: before)
        for (end, places) in Dictionary(grouping: rest.keys, by: { rest[$0] ?? .aside }) {
            self.end(end, places.sorted(), at: before, cause)
        }
        return before
    }

    /// Adds the step of what the guest made of something.
    private mutating func add(
        _ cause: OriginStep.Cause,
        _ made: [OriginPlace: OriginMaking],
        _ events: [RecordedEvent],
        at moment: Moment
    ) {
        let places = wanted.keys.filter { made[$0] != nil }.sorted()
        guard !places.isEmpty else { return }
        var all = OriginMaking()
        for place in places { if let one = made[place] { all.form(union: one) } }
        let pieces = pieces(of: places)
        let data = all.data.pieces.map { OriginStep.Source(piece: $0, isSelector: false) }
        let selectors = all.selectors.pieces.map { OriginStep.Source(piece: $0, isSelector: true) }
        let takesInput = all.constants.contains(.input)
        let number = steps.count
        var step = OriginStep(
            moment: moment,
            cause: cause,
            pieces: pieces,
            sources: data + selectors,
            events: takesInput ? events : [],
            ends: all.ends(hasEvents: !events.isEmpty),
            depth: found(places, by: number)
        )
        let isDeepest = step.depth + 1 >= limits.depth
        step.isCut = isDeepest && !(data + selectors).isEmpty
        steps.append(step)
        guard !isDeepest else { return }
        want(all.data, of: data.map(\.piece), user: number)
        guard limits.followsSelectors else { return }
        want(all.selectors, of: selectors.map(\.piece), from: data.count, user: number)
    }

    // MARK: What an instruction does

    /// The wanted bytes that the next instruction writes, if it raises no exception, each with its sources.
    private mutating func results(from state: ProcessorState) -> [OriginPlace: OriginMaking] {
        let memory = debugger.timeline.memory
        guard let instruction = code.next(state, in: memory, listing) else { return [:] }
        let flow = DataFlow(of: instruction, from: state) { memory.read($0, count: $1, in: state) }
        var made: [OriginPlace: OriginMaking] = [:]
        for (byte, sources) in flow.results {
            guard let place = place(of: byte, state), wanted[place] != nil else { continue }
            made[place] = resolved(sources, state)
        }
        return made
    }

    /// Where a byte is; nil if nothing is mapped there.
    private func place(of byte: DataByte, _ state: ProcessorState) -> OriginPlace? {
        switch byte {
        case .register(let register, let number): .register(register, number)
        case .flag(let bit): .flag(bit)
        case .memory(let address): debugger.timeline.memory.translate(address, in: state).map { .memory($0) }
        }
    }

    private func resolved(_ sources: DataSources, _ state: ProcessorState) -> OriginMaking {
        var made = OriginMaking()
        made.constants = sources.constants
        for byte in sources.bytes {
            if case .register(.system(let name), _) = byte {
                made.registers.insert(name)
                continue
            }
            guard let place = place(of: byte, state) else { continue }
            guard let known = known(place, byte, state) else {
                // Outside memory: an event has what was read.
                made.constants.insert(.input)
                continue
            }
            made.data[place] = known
        }
        for byte in sources.selectors {
            guard let place = place(of: byte, state) else { continue }
            made.selectors[place] = known(place, byte, state)
        }
        return made
    }

    /// What is known of a byte; nil if it is at an address outside memory.
    private func known(_ place: OriginPlace, _ byte: DataByte, _ state: ProcessorState) -> OriginSearchValue? {
        let value = valueNow(of: place, state)
        guard case .memory(let address) = byte else { return OriginSearchValue(value: value, linear: nil) }
        return value.map { OriginSearchValue(value: $0, linear: address) }
    }

    /// The wanted bytes of an access to watched memory.
    private func written(by hit: WatchHit?) -> [OriginPlace: OriginStep.End] {
        guard let hit else { return [:] }
        let places = wanted.keys.filter { place in
            guard let address = place.physical else { return false }
            return address.rawValue &- hit.address.rawValue < UInt64(hit.count)
        }
        return Dictionary(places.map { ($0, .aside) }) { first, _ in first }
    }

    /// The inputs that the guest was given since a moment, by what it did then.
    private func inputs(after before: Moment) throws(TimelineError) -> [RecordedEvent] {
        guard let behind = debugger.moment, behind.event > before.event else { return [] }
        var inputs: [RecordedEvent] = []
        for number in before.event.rawValue + 1...behind.event.rawValue {
            let recorded = try fromTrace(debugger.reader.event(at: EventOrdinal(number)))
            switch recorded.event {
            case .portRead, .memoryRead, .readMSR, .hiddenRead: inputs.append(recorded)
            default: continue
            }
        }
        return inputs
    }

    // MARK: What an interrupt does

    /// RSP behind a frame, which is a sum with RSP before it.
    private func pointer(_ state: ProcessorState) -> [OriginPlace: OriginMaking] {
        var made: [OriginPlace: OriginMaking] = [:]
        var sum = OriginMaking()
        for number in 0..<8 {
            let place = OriginPlace.register(.general(.rsp), number)
            sum.data[place] = OriginSearchValue(value: place.value(in: state), linear: nil)
            if wanted[place] != nil { made[place] = sum }
        }
        return made
    }

    /// The bytes of a frame that was pushed, with the words that they belong to, and RSP if it comes from elsewhere.
    private mutating func frame(of transfer: ControlTransfer) throws(TimelineError) -> [OriginPlace: OriginStep.End] {
        var ends: [OriginPlace: OriginStep.End] = [:]
        for number in 0..<8 { ends[.register(.general(.rsp), number)] = .processor("the stack of the handler") }
        guard let slot = transfer.stackSlot else { return ends }
        let state = try debugger.state()
        let size = UInt64(state.isLongModeActive ? 8 : state.mode == .real ? 2 : 4)
        let hasPointer = state.isLongModeActive || transfer.targetLevel < transfer.sourceLevel
        let names = ["rip", "cs", "rflags"] + (hasPointer ? ["rsp", "ss"] : [])
        for (word, name) in names.enumerated() {
            for byte in 0..<size {
                let address = GuestVirtualAddress(slot.rawValue &+ UInt64(word) &* size &+ byte)
                guard let place = place(of: .memory(address), state) else { continue }
                ends[place] = .frame(name)
            }
        }
        guard transfer.errorCode != nil else { return ends }
        for byte in 1...size {
            guard let place = place(of: .memory(GuestVirtualAddress(slot.rawValue &- byte)), state) else { continue }
            ends[place] = .frame("error code")
        }
        return ends
    }
}

extension ControlTransfer {
    /// Whether its frame is on another stack than the one that the interrupted program had.
    fileprivate func leavesStack(of state: ProcessorState) -> Bool {
        guard let slot = stackSlot else { return true }
        return state.stackAddress.rawValue &- slot.rawValue > Self.largestFrame
    }

    /// The bytes of the largest frame, and what aligns it.
    private static let largestFrame: UInt64 = 64
}
