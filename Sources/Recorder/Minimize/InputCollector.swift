internal import TraceFormat
internal import X86

/// Finds the inputs of a run by reading its events in order.
struct InputCollector {
    private let reader: TraceReader
    private(set) var inputs: [PlannedInput] = []
    private(set) var interrupts = 0
    private(set) var bytes = 0

    /// The sites of exits that seem to be caused only by inputs.
    private let handlerSites: Set<ExitSite>
    private var counts: [ExitSite: Int] = [:]
    /// The number of exits at each site since the last input.
    private var recentCounts: [ExitSite: Int] = [:]
    private var lastSite: ExitSite?
    /// The anchor of the exit before the last one. Input that the last exit reveals arrived after it.
    private var earlier: PlannedInput.Anchor?
    /// The keyframe right before this event, if the guest was stopped between two exits for the event.
    private var keyframe: Int?
    private var serial = SerialInput()

    init(_ reader: TraceReader) throws(TraceError) {
        self.reader = reader
        handlerSites = try Self.handlerSites(reader)
    }

    mutating func take(_ recorded: RecordedEvent) throws(TraceError) {
        switch recorded.event {
        case .keyframe(let number, .asynchronous): keyframe = Int(number)
        case .keyframe(_, .synchronous), .keyframe(_, .reset): break
        case .interrupt:
            interrupts += 1
            try takeInterrupt()
        case .nonMaskableInterrupt: interrupts += 1
        default: takeExit(recorded)
        }
    }

    private mutating func takeInterrupt() throws(TraceError) {
        serial.interrupted(behind: anchor)
        defer { keyframe = nil }
        if let keyframe {
            let state = try reader.keyframe(keyframe).state
            let registers = state.general + [state.rip, state.rflags]
            let place = PlannedInput.Place(address: state.instructionAddress, registers: registers)
            add(.interrupt(place), anchor)
        } else if lastSite?.isHalt != true {
            add(.interrupt(nil), anchor)
        }
    }

    private mutating func takeExit(_ recorded: RecordedEvent) {
        guard let site = ExitSite(recorded) else { return }
        if let typed = serial.take(recorded.event, before: anchor) {
            bytes += 1
            insert(.type(typed.byte), typed.anchor)
        }
        counts[site, default: 0] += 1
        recentCounts[site, default: 0] += 1
        lastSite = site
    }

    /// The anchor of the last exit, or nil at the guest's start.
    private var anchor: PlannedInput.Anchor? {
        guard let lastSite else { return nil }
        let isRelative = handlerSites.contains(lastSite)
        let count = (isRelative ? recentCounts : counts)[lastSite, default: 0]
        return PlannedInput.Anchor(site: lastSite, count: count, isRelative: isRelative)
    }

    private mutating func add(_ kind: PlannedInput.Kind, _ anchor: PlannedInput.Anchor?) {
        inputs.append(PlannedInput(kind: kind, anchor: anchor))
        recentCounts.removeAll(keepingCapacity: true)
    }

    /// Adds an input that arrived with the last interrupt. If both have the same anchor, the input goes before the
    /// interrupt.
    private mutating func insert(_ kind: PlannedInput.Kind, _ anchor: PlannedInput.Anchor?) {
        guard let last = inputs.last, last.anchor == anchor, case .interrupt = last.kind else {
            return add(kind, anchor)
        }
        inputs.insert(PlannedInput(kind: kind, anchor: anchor), at: inputs.count - 1)
    }

    /// The sites that have no more exits than there are inputs, and whose exits all come after the first input.
    private static func handlerSites(_ reader: TraceReader) throws(TraceError) -> Set<ExitSite> {
        var inputs = 0
        var counts: [ExitSite: Int] = [:]
        var mainSites: Set<ExitSite> = []
        var cursor = reader.events()
        while let recorded = try cursor.next() {
            if SerialInput.mayTake(recorded.event) { inputs += 1 }
            guard let site = ExitSite(recorded) else {
                if case .interrupt = recorded.event { inputs += 1 }
                continue
            }
            if inputs == 0 { mainSites.insert(site) } else { counts[site, default: 0] += 1 }
        }
        return Set(counts.filter { $0.value <= inputs }.keys).subtracting(mainSites)
    }
}
