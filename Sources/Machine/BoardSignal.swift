public import Devices

/// What a guest's write to a port means beyond the board.
public enum BoardSignal: Hashable, Sendable {
    /// The guest showed a byte on its console.
    case console(UInt8)
    /// The guest showed bytes on a console that takes more than one at a time.
    case text([UInt8])
    /// The guest waits until ``Board/isWaitOver(at:)`` is true or a time comes. ``Board/endWait(at:)`` lets it go on.
    case wait(until: MachineTime)
    /// The guest ended the run with a code.
    case exit(code: UInt32)
    /// The guest asked for a reset.
    case reset
    /// The guest switched the machine off.
    case powerOff

    /// Whether this is a byte of the console.
    public var isConsole: Bool {
        if case .console = self { true } else { false }
    }
}
