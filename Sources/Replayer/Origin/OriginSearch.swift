public import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

/// Finds where a value came from: which instructions moved and computed it, back to the inputs and constants of which it was made.
///
/// It goes back through the trace once. What is looked for at each point is a set of bytes; the last instruction before that point
/// that wrote any of them is a step, and the bytes from which it made them are looked for in their place. Needs an engine that
/// counts instructions and notices writes to watched memory.
public struct OriginSearch<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    var debugger: Debugger<P>
    let listing: CodeListing
    let limits: OriginLimits
    /// The bytes that are looked for.
    var wanted: [OriginPlace: Wanted] = [:]
    var steps: [OriginStep] = []
    var value: [OriginStep.Source] = []
    var code = DecodedCode()

    /// A byte that is looked for.
    struct Wanted {
        var known: OriginSearchValue
        /// Who made something of it.
        var users: [User]
    }

    /// A source of a step, or of the value itself if there is no step.
    struct User: Hashable {
        var step: Int?
        var source: Int
    }

    /// Searches with a debugger, which it takes over and which stands where the value is looked at.
    ///
    /// - Throws: `.cannotNote` if the engine does not count instructions.
    public init(
        _ debugger: consuming Debugger<P>,
        _ listing: CodeListing,
        limits: OriginLimits
    ) throws(TimelineError) {
        guard debugger.counts else { throw .cannotNote }
        (self.listing, self.limits) = (listing, limits)
        self.debugger = debugger
    }

    /// Follows a value at the debugger's moment back.
    public mutating func origin(of target: OriginTarget) throws(TimelineError) -> Origin {
        guard let start = debugger.moment else { throw .noSuchMoment("the guest stands at no moment") }
        let state = try debugger.state()
        var bytes: [OriginPlace: OriginSearchValue] = [:]
        for (place, linear) in target.places {
            bytes[place] = OriginSearchValue(value: valueNow(of: place, state), linear: linear)
        }
        value = bytes.pieces.map { OriginStep.Source(piece: $0, isSelector: false) }
        want(bytes, of: value.map(\.piece), user: nil)
        var present = start
        while !wanted.isEmpty {
            guard steps.count < limits.steps else {
                end(.listFull, wanted.keys.sorted(), at: present, .unknown)
                break
            }
            present = try follow(before: present)
        }
        return Origin(
            moment: start,
            value: value,
            steps: steps,
            missedLandings: debugger.timeline.missedLandings,
            notes: debugger.takeNotes()
        )
    }

    /// Finds the last write of anything that is wanted, and makes a step of it.
    ///
    /// - Returns: the moment before it.
    private mutating func follow(before present: Moment) throws(TimelineError) -> Moment {
        switch try lastWriter(before: present) {
        case .step(let before, let hit): return try resolve(before, hit)
        case .device(let recorded):
            take(recorded)
            return Moment(event: recorded.ordinal)
        case .reset(let recorded):
            end(.initial, wanted.keys.sorted(), at: Moment(event: recorded.ordinal), .reset(recorded))
        case .beginning:
            let first = Moment(event: debugger.reader.header.firstEvent)
            end(.initial, wanted.keys.sorted(), at: first, .beginning)
        case .tooFar(let count):
            end(.tooFar(count), wanted.keys.filter { $0.physical == nil }.sorted(), at: present, .unknown)
        }
        return present
    }

    /// The byte's value where the guest stands.
    func valueNow(of place: OriginPlace, _ state: ProcessorState) -> UInt8? {
        guard let address = place.physical else { return place.value(in: state) }
        return (try? debugger.timeline.memory.read(at: address, count: 1))?.first
    }

    // MARK: Bytes

    /// Looks for bytes from now on.
    ///
    /// - Parameters:
    ///   - pieces: the same as pieces, each a source of the user.
    ///   - user: the step that made something of them; nil for the value itself.
    mutating func want(
        _ bytes: [OriginPlace: OriginSearchValue],
        of pieces: [OriginPiece],
        from first: Int = 0,
        user: Int?
    ) {
        for (place, known) in bytes {
            guard let index = pieces.firstIndex(where: { $0.contains(place) }) else { continue }
            let new = User(step: user, source: first + index)
            if wanted[place] == nil {
                wanted[place] = Wanted(known: known, users: [new])
            } else if wanted[place]?.users.contains(new) == false {
                wanted[place]?.users.append(new)
            }
        }
    }

    /// Takes bytes off the list: a step has them.
    ///
    /// - Returns: how deep the step is.
    mutating func found(_ places: [OriginPlace], by step: Int) -> Int {
        var depth = Int.max
        for place in places {
            for user in wanted.removeValue(forKey: place)?.users ?? [] {
                guard let number = user.step else {
                    if value[user.source].steps.last != step { value[user.source].steps.append(step) }
                    depth = 0
                    continue
                }
                if steps[number].sources[user.source].steps.last != step {
                    steps[number].sources[user.source].steps.append(step)
                }
                depth = min(depth, steps[number].depth + 1)
            }
        }
        return depth
    }

    /// The pieces of bytes that are wanted.
    func pieces(of places: [OriginPlace]) -> [OriginPiece] {
        var bytes: [OriginPlace: OriginSearchValue] = [:]
        for place in places { bytes[place] = wanted[place]?.known }
        return bytes.pieces
    }

    // MARK: Ends

    /// Adds a step at which the way of some bytes ends.
    mutating func end(
        _ end: OriginStep.End,
        _ places: [OriginPlace],
        at moment: Moment,
        _ cause: OriginStep.Cause,
        events: [RecordedEvent] = []
    ) {
        guard !places.isEmpty else { return }
        let pieces = pieces(of: places)
        let depth = found(places, by: steps.count)
        steps.append(
            OriginStep(
                moment: moment,
                cause: cause,
                pieces: pieces,
                sources: [],
                events: events,
                ends: [end],
                depth: depth
            )
        )
    }

    /// Adds the step of a device's write.
    private mutating func take(_ recorded: RecordedEvent) {
        guard case .deviceWrite(let address, let bytes) = recorded.event else { return }
        let places = wanted.keys.filter { place in
            guard let physical = place.physical else { return false }
            return physical.rawValue &- address.rawValue < UInt64(bytes.count)
        }
        let moment = Moment(event: recorded.ordinal)
        end(.input, places.sorted(), at: moment, .device(recorded), events: [recorded])
    }
}

extension OriginPiece {
    /// Whether a byte is in it.
    func contains(_ place: OriginPlace) -> Bool {
        switch (location, place) {
        case (.register(let register, let bytes), .register(let other, let number)):
            register == other && bytes.contains(number)
        case (.flags(let bits), .flag(let bit)): bits.contains(bit)
        case (.memory(let address, let count, _), .memory(let other)):
            other.rawValue &- address.rawValue < UInt64(count)
        default: false
        }
    }
}
