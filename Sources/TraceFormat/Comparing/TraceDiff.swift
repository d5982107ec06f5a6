import X86

/// What two traces have in common and where they differ.
///
/// Host time is not compared, because no two recordings agree on it. Keyframes are compared if they were taken at the
/// same event; their numbers differ in a stretch that was cut out of a trace.
public struct TraceDiff: Sendable {
    /// A field of the header that differs.
    public struct Field: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// The first trace's value.
        public var left: String
        /// The second trace's value.
        public var right: String
    }

    /// Two different events at the same place; nil if a trace ends before it.
    public struct EventPair: Hashable, Sendable {
        /// The first trace's event.
        public var left: RecordedEvent?
        /// The second trace's event.
        public var right: RecordedEvent?
    }

    /// Header fields that differ.
    public var fields: [Field] = []
    /// The first events that differ.
    public var firstEvents: EventPair?
    /// How many events are equal in both traces.
    public var equalEvents: UInt64 = 0
    /// How many events differ between the traces.
    public var differentEvents: UInt64 = 0
    /// How many events only the first trace has, by their ordinals.
    public var eventsOnlyLeft: UInt64 = 0
    /// How many events only the second trace has.
    public var eventsOnlyRight: UInt64 = 0
    /// The numbers of the first two keyframes at the same event whose states differ.
    public var firstKeyframes: (left: Int, right: Int)?
    /// How many keyframes at the same event have the same state.
    public var equalKeyframes = 0
    /// How many keyframes at the same event have different states.
    public var differentKeyframes = 0
    /// How many keyframes are at events where the other trace has none.
    public var unpairedKeyframes = 0

    /// Whether nothing that is compared differs.
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
    /// The leaf, its index if it has one, and EAX, EBX, ECX and EDX, all in hexadecimal.
    fileprivate var text: String {
        let leaf = isIndexed ? "\(Self.hex(function)).\(index)" : Self.hex(function)
        return "\(leaf): \([eax, ebx, ecx, edx].map(Self.hex).joined(separator: " "))"
    }

    private static func hex(_ number: UInt32) -> String { String(number, radix: 16) }
}

extension TraceHeader.CodePatch {
    /// The instruction, its place, and the bytes that replace it, in hexadecimal.
    fileprivate var text: String {
        let bytes = replacement.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
        return "\(instruction.name) at \(address) by \(bytes)"
    }
}

extension RecordedEvent {
    /// The part of an event that is compared. It leaves out the time and the count of instructions, which not every
    /// engine has. Keyframes and the events in their place all compare equal, because traces number, reach and leave
    /// out keyframes differently.
    fileprivate var comparable: RecordedEvent {
        var event = self
        (event.time, event.instructions) = (0, nil)
        if event.event.isOfTheRecorder { event.event = .keyframe(number: 0, .synchronous) }
        return event
    }
}
