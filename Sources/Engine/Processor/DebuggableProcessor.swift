public import X86

/// A processor that can be stopped and looked at anywhere. Landing between two exits, single steps and watching need
/// this in addition to a run.
public protocol DebuggableProcessor: Processor, ~Copyable {
    /// Makes ``run()`` end with ``Exit/debug`` before the instruction at any of these linear addresses executes. There
    /// are at most four, and they replace the previous ones.
    ///
    /// Not every host can do this at every privilege level, and some fail silently.
    mutating func setBreakpoints(_ addresses: [GuestVirtualAddress]) throws(EngineError)

    /// Whether a breakpoint and single steps stop it in a mode. If that depends on the host, it is found by trying.
    func canStop(in mode: GuestMode) -> Bool

    /// Makes ``run()`` end with ``Exit/debug`` before the instruction at an address, in the place of other breakpoints, and only
    /// where ``exitRegisters`` would be these: whoever looks for a moment need not be asked each time.
    ///
    /// - Returns: false, as unless the processor does otherwise, if the engine cannot; nothing is set then.
    mutating func setBreakpoint(_ address: GuestVirtualAddress, registers: [UInt64]) throws(EngineError) -> Bool

    /// Whether it is stopped by means that are none of the guest's: then the guest sees nothing of it and may debug itself
    /// meanwhile. False unless the processor says otherwise.
    var debugsUnseen: Bool { get }

    /// Executes one instruction, or one iteration of a repeated one, as far as the host can. Ends with ``Exit/debug``
    /// after it, or with the exit that it caused. The processor keeps stopping after each instruction until
    /// ``setBreakpoints(_:)`` is called.
    mutating func step() throws(EngineError) -> Exit

    /// Makes ``run()`` end with ``Exit/debug`` behind any instruction that accesses these stretches of memory, in the place
    /// of those before.
    ///
    /// - Returns: false, as unless the processor does otherwise, if the engine cannot; nothing is set then.
    mutating func setWatches(_ watches: [MemoryWatch]) -> Bool

    /// Makes ``run()`` end with ``Exit/debug`` at these stops too, in the place of those before.
    ///
    /// - Returns: false, as unless the processor does otherwise, if the engine cannot; nothing is set then.
    mutating func setSearchStops(_ stops: SearchStops) -> Bool

    /// The first access to watched memory since the last call; nil if there is none.
    mutating func takeWatchHit() -> WatchHit?

    /// Makes runs note these transfers, in the place of those before. The guest sees nothing of it, and no run ends by it.
    ///
    /// - Returns: false, as unless the processor does otherwise, if the engine cannot; nothing is noted then.
    mutating func noteTransfers(_ set: TransferSet) -> Bool

    /// The transfers that runs have noted since the last call, in their order, each with the ``Processor/instructionsRetired``
    /// behind it.
    mutating func takeTransfers() -> [ControlTransfer]

    /// The general registers, RIP and flags as the last run left them, in the order of ``ProcessorState/general``.
    var exitRegisters: [UInt64] { get }

    /// What decides how the next instruction executes: everything except register files, model-specific registers and
    /// XCR0, which cost too much to read. The pending access must be complete.
    mutating func executionState() throws(EngineError) -> ProcessorState
}

extension DebuggableProcessor where Self: ~Copyable {
    /// False: a host's breakpoints know addresses alone.
    public mutating func setBreakpoint(
        _ address: GuestVirtualAddress,
        registers: [UInt64]
    ) throws(EngineError) -> Bool { false }

    /// False: a host's breakpoints watch linear addresses, and only where it can stop the guest.
    public mutating func setWatches(_ watches: [MemoryWatch]) -> Bool { false }

    /// False: a host's breakpoints know linear addresses alone.
    public mutating func setSearchStops(_ stops: SearchStops) -> Bool { false }

    /// Nil: nothing is watched.
    public mutating func takeWatchHit() -> WatchHit? { nil }

    /// False: a host's processor tells nobody of its calls.
    public mutating func noteTransfers(_ set: TransferSet) -> Bool { false }

    /// None: nothing is noted.
    public mutating func takeTransfers() -> [ControlTransfer] { [] }

    /// False: a host has one trap flag and four breakpoints, which are the guest's too.
    public var debugsUnseen: Bool { false }
}
