public import X86

/// A processor that can be stopped anywhere, and looked at there: what landing between two exits, single steps and watching
/// need beyond a run.
public protocol DebuggableProcessor: Processor, ~Copyable {
    /// Makes ``run()`` end with ``Exit/debug`` before the instruction at any of these linear addresses is executed: at most
    /// four, which take the place of those before.
    ///
    /// Not every host can do this at every privilege level, and some say nothing about it.
    mutating func setBreakpoints(_ addresses: [GuestVirtualAddress]) throws(EngineError)

    /// Whether a breakpoint and single steps stop it in a mode; found by trying, where a host decides.
    func canStop(in mode: GuestMode) -> Bool

    /// Executes one instruction, or one turn of a repeated one, as far as the host can: ends with ``Exit/debug`` behind it,
    /// or with the exit that it caused. Goes on to stop after each until ``setBreakpoints(_:)`` is called.
    mutating func step() throws(EngineError) -> Exit

    /// The general registers, RIP and flags as the last run left them, in the order of ``ProcessorState/general``.
    var exitRegisters: [UInt64] { get }

    /// What decides how the next instruction executes: everything but register files, model-specific registers and XCR0, which
    /// are left out because they cost more; the pending access must be complete.
    mutating func executionState() throws(EngineError) -> ProcessorState
}
