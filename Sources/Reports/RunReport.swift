/// What there is to know about one recorded run, for whoever looks into how it ended.
public struct RunReport: Codable, Hashable, Sendable {
    /// The trace's file, without its directory.
    public var file: String
    /// The guest's name.
    public var guest: String
    /// How the run ended, in a sentence.
    public var outcome: String
    /// Whether the run ended in a way that no guest means to end.
    public var isFailure: Bool
    /// The trace and the machine, in the order in which people look at them.
    public var facts: [Fact]
    /// What the guest showed last on its console.
    public var console: ConsoleReport
    /// The machine at the end; nil if there is no state to look at.
    public var place: PlaceReport?
    /// How many characters into the VGA's text memory the screen began at the end.
    public var screenStart: UInt16
    /// What was found when the run was replayed; nil if it was not.
    public var replay: ReplayVerdict?
    /// What happened when: by time and by events.
    public var activity: [Activity]
    /// The ports, addresses and registers that the guest used most.
    public var accesses: [AccessReport]
    /// How many accesses there were to others.
    public var otherAccesses: UInt64
    /// The instructions that exited most.
    public var exits: [ExitSite]
    /// The last events, oldest first.
    public var events: [EventLine]
    /// How many events the trace has.
    public var eventCount: UInt64
    /// The other trace with which it was compared, if there is one.
    public var comparison: ComparisonReport?
}

/// What a guest showed on its console.
public struct ConsoleReport: Codable, Hashable, Sendable {
    /// The last lines, without line ends. They are the guest's own bytes, with whatever control characters it sent.
    public var lines: [String]
    /// How many bytes it sent in all.
    public var byteCount: UInt64
    /// Whether there were more lines.
    public var isCut: Bool
}

/// A machine at one moment.
public struct PlaceReport: Codable, Hashable, Sendable {
    /// The moment.
    public var moment: String
    /// Whether it is the end of the run; else the trace has no state there.
    public var isAtEnd: Bool
    /// The next instruction's linear address.
    public var address: String
    /// The name of that address, if it has one.
    public var symbol: String?
    /// The mode in which the processor executes.
    public var mode: String
    /// The processor's registers.
    public var registers: [Fact]
    /// The next instructions.
    public var code: [CodeLine]
    /// The calls that led there, the innermost first.
    public var backtrace: [CallFrame]
    /// The top of the stack.
    public var stack: [StackWord]
    /// The text screen, if the machine has one.
    public var screen: ScreenReport?

    /// ``mode`` of a processor in 64-bit mode.
    static let longMode = "64-bit mode"
}

/// What a replay of the run found.
public struct ReplayVerdict: Codable, Hashable, Sendable {
    /// Whether everything that was compared is equal.
    public var isEqual: Bool
    /// What was found, in one or several lines.
    public var text: String

    /// Makes a verdict of its parts.
    public init(isEqual: Bool, text: String) {
        self.isEqual = isEqual
        self.text = text
    }
}

/// An instruction of the guest's that exited.
public struct ExitSite: Codable, Hashable, Sendable {
    /// The instruction pointer.
    public var address: String
    /// Its name, if it has one.
    public var symbol: String?
    /// How often it exited.
    public var count: UInt64
}

/// One event in words, or the events that showed a line of the console.
public struct EventLine: Codable, Hashable, Sendable {
    /// Its number.
    public var event: UInt64
    /// The number of the last event, if there are several.
    public var last: UInt64?
    /// Milliseconds since the recording began.
    public var time: UInt64
    /// Its kind.
    public var kind: String
    /// What happened.
    public var text: String
    /// What is at the port or address, if that is known.
    public var place: String?
    /// The instruction pointer, for an exit.
    public var address: String?
    /// The name of that address, if it has one.
    public var symbol: String?
}

/// Another run, and where the two part.
public struct ComparisonReport: Codable, Hashable, Sendable {
    /// The other trace's file, without its directory.
    public var file: String
    /// How the other run ended.
    public var outcome: String
    /// What happened when in the other run, in the same stretches.
    public var activity: [Activity]
    /// Where the two differ first; nil if they do not differ in any event.
    public var firstDifference: FirstDifference?
    /// Header fields that differ: the name, this trace's value and the other's.
    public var fields: [Field]
    /// How many events are equal.
    public var equalEvents: UInt64
    /// How many events differ, or are only in one of the traces.
    public var otherEvents: UInt64

    /// The first event that differs.
    public struct FirstDifference: Codable, Hashable, Sendable {
        /// Its number.
        public var event: UInt64
        /// The event here; nil if the trace ends before it.
        public var here: EventLine?
        /// The event there; nil if the other trace ends before it.
        public var there: EventLine?
    }

    /// A field of the header that differs.
    public struct Field: Codable, Hashable, Sendable {
        /// Its name.
        public var name: String
        /// This trace's value.
        public var here: String
        /// The other trace's value.
        public var there: String
    }
}
