public import X86

/// One return of a processor to its driver, for one access. If a host gives several elements of a string instruction at
/// once, the processor hands them out one by one, so that a trace means the same everywhere.
public enum Exit: Hashable, Sendable {
    /// IN or one element of INS: the driver answers with ``Processor/answer(_:)``.
    case portRead(Port, AccessSize)
    /// OUT or one element of OUTS.
    case portWrite(Port, AccessSize, value: UInt32)
    /// A load from an address that no memory answers, 1 to 8 bytes: the driver answers with ``Processor/answer(_:)``.
    case memoryRead(GuestPhysicalAddress, length: UInt8)
    /// A store to an address that no memory answers, 1 to 8 bytes.
    case memoryWrite(GuestPhysicalAddress, length: UInt8, value: UInt64)
    /// RDMSR of a trapped register: the driver answers with ``Processor/answer(_:)`` or ``Processor/refuse()``.
    case readMSR(UInt32)
    /// WRMSR of a trapped register: the driver may ``Processor/refuse()`` it.
    case writeMSR(UInt32, value: UInt64)
    /// An instruction that reads hidden state, where the guest's code was patched to trap it: the driver answers with
    /// ``Processor/answerHiddenRead(value:auxiliary:succeeded:)``.
    case hiddenRead(HiddenInstruction)
    /// HLT.
    case halt
    /// Shutdown: a fault while delivering a double fault.
    case tripleFault
    /// The guest may be able to take an interrupt now: either the driver asked for this with
    /// ``Processor/requestInterruptWindow(_:)``, or the guest has lowered its task priority, which not every host
    /// reports. Not exact.
    case interruptWindow
    /// ``ProcessorKicker/kick()`` stopped the processor.
    case kicked
    /// A single step was done or a breakpoint was met.
    case debug
    /// This host cannot execute the instruction at RIP.
    case emulationFailure
    /// The engine cannot go on with this guest on this host.
    case hostLimit(HostLimit)
}

extension Exit {
    /// Whether the guest waits for a value.
    public var isRead: Bool {
        switch self {
        case .portRead, .memoryRead, .readMSR, .hiddenRead: true
        default: false
        }
    }

    /// Whether the guest accessed a port, or memory that is not there.
    public var isAccess: Bool {
        switch self {
        case .portRead, .portWrite, .memoryRead, .memoryWrite: true
        default: false
        }
    }

    /// Whether the guest's own instruction caused it, so that a replay reaches it by executing.
    public var isSynchronous: Bool {
        switch self {
        case .interruptWindow, .kicked, .debug: false
        default: true
        }
    }

    /// Whether the guest was stopped at a breakpoint or after a step. This costs less than comparing with ``debug``.
    public var isDebug: Bool {
        if case .debug = self { true } else { false }
    }
}

/// Why an engine cannot go on with a guest; the numbers are the engine's own.
public enum HostLimit: Hashable, Sendable, CustomStringConvertible {
    /// The processor refused the guest's state, with this hardware reason.
    case entryRefused(reason: UInt64)
    /// The engine met a condition that it does not handle, other than an instruction that cannot be executed.
    case internalError(number: UInt32)
    /// An exit that no guest of these machines should cause.
    case unexpectedExit(number: UInt32)
    /// The guest has an x87 error reported by FERR#, with CR0.NE clear, which no board here is wired to.
    case numericErrorLine

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .entryRefused(let reason): "the processor refused the guest's state (hardware reason \(reason))"
        case .internalError(let number): "internal error \(number) of the engine"
        case .unexpectedExit(let number): "unexpected exit \(number) of the engine"
        case .numericErrorLine: "an x87 error with CR0.NE clear, which these machines cannot report"
        }
    }
}
