/// Why a debugger's guest has stopped.
public enum DebuggerStop: Hashable, Sendable {
    /// It has executed an instruction, or was stopped by whoever asked for it.
    case stepped
    /// The next instruction is at a breakpoint.
    case breakpoint
    /// Memory of this number in ``Debugger/watched`` was accessed by what came last; going backwards, by what comes next.
    case watch(Int)
    /// Whoever waits has asked it to stop.
    case interrupted
    /// The trace begins here.
    case beginning
    /// The trace ends here, or the guest's next instruction is the one that ended the run.
    case end
    /// It stands where it was to go to.
    case reached
    /// It stands behind an event, or in front of one that comes without its executing anything.
    case event
    /// The event that comes next came before the moment to which it was to go.
    case passed
}
