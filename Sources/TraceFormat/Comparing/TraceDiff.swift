import X86

/// What two traces have in common and where they part.
///
/// Host time is not compared: no two recordings agree on it. Keyframes are compared by the event at which they were taken,
/// because a stretch that was cut out of a trace numbers its own.
public struct TraceDiff: Sendable {
    /// A field of the header that differs.
    public struct Field: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// What the first trace says.
        public var left: String
        /// What the second one says.
        public var right: String
    }

    /// Two events at the same place that are not the same; nil where a trace ends before it.
    public struct EventPair: Hashable, Sendable {
        /// The first trace's.
        public var left: RecordedEvent?
        /// The second one's.
        public var right: RecordedEvent?
    }

    /// Header fields that differ.
    public var fields: [Field] = []
    /// The first events that differ.
    public var firstEvents: EventPair?
    /// Events of either trace at whose place both have the same.
    public var equalEvents: UInt64 = 0
    /// Events at whose place both have one, and not the same.
    public var differentEvents: UInt64 = 0
    /// Events that the first trace has and the second has not, by their ordinals.
    public var eventsOnlyLeft: UInt64 = 0
    /// Events that the second trace has and the first has not.
    public var eventsOnlyRight: UInt64 = 0
    /// The first two keyframes at the same event whose states differ: their numbers.
    public var firstKeyframes: (left: Int, right: Int)?
    /// Keyframes at the same event with the same state.
    public var equalKeyframes = 0
    /// Keyframes at the same event with another state.
    public var differentKeyframes = 0
    /// Keyframes that the other trace has none at the event of.
    public var unpairedKeyframes = 0

    /// Whether nothing differs that is compared.
    public var isEqual: Bool {
        fields.isEmpty && firstEvents == nil && firstKeyframes == nil && unpairedKeyframes == 0
    }

    /// Reads both traces once.
    public init(_ left: TraceReader, _ right: TraceReader) throws(TraceError) {
        fields = Self.differences(left.header, right.header)
        try compareEvents(left, right)
        try compareKeyframes(left, right)
    }

    private mutating func compareEvents(_ left: TraceReader, _ right: TraceReader) throws(TraceError) {
        let start = max(left.events.lowerBound, right.events.lowerBound)
        let end = max(start, min(left.events.upperBound, right.events.upperBound))
        let common = end.rawValue - start.rawValue
        eventsOnlyLeft = left.eventCount - min(left.eventCount, common)
        eventsOnlyRight = right.eventCount - min(right.eventCount, common)
        var (ours, theirs) = (left.events(from: start), right.events(from: start))
        for _ in 0..<common {
            let pair = EventPair(left: try ours.next(), right: try theirs.next())
            if pair.left?.comparable == pair.right?.comparable {
                equalEvents += 1
            } else {
                differentEvents += 1
                if firstEvents == nil { firstEvents = pair }
            }
        }
        if firstEvents == nil, left.events.upperBound != right.events.upperBound {
            firstEvents = EventPair(left: try ours.next(), right: try theirs.next())
        }
    }

    private mutating func compareKeyframes(_ left: TraceReader, _ right: TraceReader) throws(TraceError) {
        var (l, r) = (0, 0)
        while l < left.keyframeCount, r < right.keyframeCount {
            let (ours, theirs) = (try left.keyframeEntry(l), try right.keyframeEntry(r))
            if ours.event < theirs.event {
                unpairedKeyframes += 1
                l += 1
            } else if ours.event > theirs.event {
                unpairedKeyframes += 1
                r += 1
            } else {
                if ours.digest == theirs.digest {
                    equalKeyframes += 1
                } else {
                    differentKeyframes += 1
                    if firstKeyframes == nil { firstKeyframes = (l, r) }
                }
                l += 1
                r += 1
            }
        }
        unpairedKeyframes += left.keyframeCount - l + right.keyframeCount - r
    }

    private static func differences(_ left: TraceHeader, _ right: TraceHeader) -> [Field] {
        func field(_ name: String, _ value: (TraceHeader) -> some CustomStringConvertible) -> Field? {
            let (ours, theirs) = ("\(value(left))", "\(value(right))")
            return ours == theirs ? nil : Field(name: name, left: ours, right: theirs)
        }
        return [
            field("recorder", \.recorder),
            field("first event", \.firstEvent),
            field("engine", \.recording.engine.name),
            field("recording processor", \.recording.processor),
            field("host processor", \.host.processorModel),
            field("host kernel", \.host.kernelRelease),
            field("host module", \.host.module),
            field("guest", \.guest.name),
            field("guest options") { $0.commandLine.joined(separator: " ") },
            field("guest image") { "\($0.guest.imageSize) bytes, digest \($0.guest.imageDigest)" },
            field("board", \.machine.board),
            field("memory") { header in
                header.machine.memory.map {
                    "\($0.address)+0x\(String($0.size, radix: 16))\($0.isReadOnly ? " read-only" : "")"
                }.joined(separator: ", ")
            },
            field("profile", \.processor.profile),
            field("CPUID table") { $0.processor.cpuid.map(\.text).joined(separator: "; ") },
            field("initial XCR0", \.processor.initialXCR0),
            field("landing", \.landing.name),
            field("chaos seed") { $0.chaosSeed.map(String.init) ?? "none" },
            field("code patches") { $0.patches.isEmpty ? "none" : $0.patches.map(\.text).joined(separator: "; ") },
            field("notes") { header in header.notes.map { "\($0.key): \($0.value)" }.joined(separator: "; ") },
        ].compactMap(\.self)
    }
}

extension CPUIDEntry {
    /// Leaf, with the index where that matters, and EAX, EBX, ECX and EDX; hexadecimal.
    fileprivate var text: String {
        let leaf = isIndexed ? "\(Self.hex(function)).\(index)" : Self.hex(function)
        return "\(leaf): \([eax, ebx, ecx, edx].map(Self.hex).joined(separator: " "))"
    }

    private static func hex(_ number: UInt32) -> String { String(number, radix: 16) }
}

extension TraceHeader.CodePatch {
    /// Instruction and place; and what stands there instead, in hexadecimal.
    fileprivate var text: String {
        let bytes = replacement.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
        return "\(instruction.name) at \(address) by \(bytes)"
    }
}

extension RecordedEvent {
    /// What is compared of an event: not its time, nor the count of instructions, which not every engine has, nor how a trace numbers its keyframes, is to come to them, or left them
    /// out.
    fileprivate var comparable: RecordedEvent {
        var event = self
        (event.time, event.instructions) = (0, nil)
        if event.event.isOfTheRecorder { event.event = .keyframe(number: 0, .synchronous) }
        return event
    }
}
