public import X86

/// A machine that a client of the remote protocol looks at, and lets run.
///
/// What else a target can do, it says by conforming to ``ReversibleTarget``, ``WatchingTarget``, ``WritableTarget``,
/// ``MonitoredTarget`` and ``RestartableTarget``. The client is told of no more than that.
public protocol DebugTarget: AnyObject {
    /// Which registers the client is shown.
    var layout: RegisterLayout { get }

    /// The processor where the guest stands.
    func state() throws(DebugTargetError) -> ProcessorState

    /// Bytes at a linear address, as the guest's paging maps it: as many as are mapped, at most `count`.
    func read(_ address: UInt64, count: Int) throws(DebugTargetError) -> [UInt8]

    /// Stops the guest before the instruction at a linear address from now on.
    func insertBreakpoint(at address: UInt64) throws(DebugTargetError)

    /// Takes a breakpoint away; does nothing if there is none at the address.
    func removeBreakpoint(at address: UInt64)

    /// Lets the guest run.
    ///
    /// - Parameter isInterrupted: whether the client wants the guest to stop; to be asked every few milliseconds.
    /// - Returns: where and why it stopped.
    func resume(_ resumption: Resumption, isInterrupted: () -> Bool) throws(DebugTargetError) -> DebugStop

    /// What the user should know of the last call, one line each; they are given once.
    func takeMessages() -> [String]
}

/// How far the guest is to run.
public enum Resumption: Hashable, Sendable {
    /// Over one instruction.
    case step
    /// Over instructions as long as they are in a range of linear addresses, and over one at least.
    case stepInRange(Range<UInt64>)
    /// Up to a breakpoint or watchpoint.
    case run
    /// Back over one instruction.
    case stepBack
    /// Back to a breakpoint or watchpoint.
    case runBack
}

/// Why the guest stopped.
public enum DebugStop: Hashable, Sendable {
    /// It has executed what it was to execute.
    case stepped
    /// A breakpoint is at the next instruction.
    case breakpoint
    /// An instruction has accessed watched memory, or would access it next if the guest ran backwards.
    case watchpoint(Watchpoint)
    /// The client wanted it.
    case interrupted
    /// The guest cannot go back any further.
    case beginning
    /// The guest cannot go on any further.
    case end
}

/// Memory that is watched.
public struct Watchpoint: Hashable, Sendable {
    /// Which accesses stop the guest.
    public enum Kind: Hashable, Sendable {
        case write
        case read
        case access
    }

    /// Which accesses stop the guest.
    public var kind: Kind
    /// The linear address of the first byte.
    public var address: UInt64
    /// How many bytes there are, at least 1.
    public var count: Int

    /// Makes a watchpoint of its parts.
    public init(kind: Kind, address: UInt64, count: Int) {
        (self.kind, self.address, self.count) = (kind, address, count)
    }
}

/// A target that can go back.
public protocol ReversibleTarget: DebugTarget {}

/// A target that notices accesses to memory.
public protocol WatchingTarget: DebugTarget {
    /// Stops the guest at accesses from now on.
    func insertWatchpoint(_ watchpoint: Watchpoint) throws(DebugTargetError)
    /// Takes a watchpoint away; does nothing if there is no equal one.
    func removeWatchpoint(_ watchpoint: Watchpoint)
}

/// A target whose registers and memory may be changed.
public protocol WritableTarget: DebugTarget {
    /// Changes the processor.
    func write(_ state: ProcessorState) throws(DebugTargetError)
    /// Changes memory at a linear address.
    func write(_ bytes: [UInt8], at address: UInt64) throws(DebugTargetError)
}

/// A target with commands of its own (`monitor`).
public protocol MonitoredTarget: DebugTarget {
    /// Does what a command says, and returns lines to show.
    func monitor(_ command: String) throws(DebugTargetError) -> String
}

/// A target that can be started again (`run`).
public protocol RestartableTarget: DebugTarget {
    /// Goes to where the session began.
    func restart() throws(DebugTargetError)
}

/// A target that has a file with the names of its guest's code, which a client reads when it connects.
public protocol SymbolTarget: DebugTarget {
    /// An ELF file; nil if no names are known.
    var symbolFile: [UInt8]? { get }
}

/// Why a target could not do something: one line without a final full stop.
public struct DebugTargetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The message.
    public let description: String

    /// Makes an error of its message.
    public init(_ description: String) { self.description = description }
}
