public import GuestMemory
public import X86

/// One virtual processor with the memory that it executes in.
///
/// This is what a run needs. A driver calls ``run()``, handles the exit, and calls it again. Between two calls it may
/// inject, read or write state and memory, after ``completePendingAccess()``. Drivers are generic over the processor,
/// so that calls are direct.
public protocol Processor: ~Copyable {
    /// The memory that it executes in.
    var memory: GuestMemory { get }

    /// RIP as the last exit left it, without completing a pending access. For a read it is the instruction's own
    /// address; for a write it is the instruction's address or the next one's, depending on the host.
    var exitRIP: UInt64 { get }

    /// The linear address of ``exitRIP``, which tells the places of exits apart. From 64 KiB on, where code segments
    /// begin at 0 in practice, it is ``exitRIP`` itself.
    mutating func exitAddress() throws(EngineError) -> GuestVirtualAddress

    /// Executes until the next exit, or hands out the next element of the last one.
    mutating func run() throws(EngineError) -> Exit

    /// Executes through exits of a recording, as long as the guest makes the same ones: see the default, which each engine
    /// has compiled for itself, so that a replay asks an engine once for many exits.
    mutating func run(
        through exits: Span<ExitRecord>,
        counting counts: inout InstructionsSinceEvent,
        comparing comparesCounts: Bool,
        _ meter: ExitMeter
    ) throws(EngineError) -> ExitRun

    /// Answers the pending read with the value's low bytes, as many as the read asked for.
    mutating func answer(_ value: UInt64)

    /// Answers the pending hidden read: the counter or random number, TSC_AUX, and whether a random number was
    /// available.
    mutating func answerHiddenRead(value: UInt64, auxiliary: UInt32, succeeded: Bool) throws(EngineError)

    /// Answers the pending RDMSR or WRMSR with a general-protection fault.
    mutating func refuse()

    /// Finishes the instruction of the last exit, so that state and memory are those of the moment after it.
    ///
    /// Until then RIP and a read's destination have their old values, and setting registers would be undone. Must not
    /// be called while elements of a string instruction are still to be handed out: see ``isInsideInstruction``.
    ///
    /// - Throws: `.unfinishedInstruction` if the instruction turns out to have another access to make, which ``run()``
    ///   gives next; nothing is lost.
    mutating func completePendingAccess() throws(EngineError)

    /// Whether ``run()`` would hand out another access of the same instruction before it executes anything. False by
    /// default.
    var isInsideInstruction: Bool { get }

    /// Has ``run()`` finish a repeated INS or OUTS before anything else can be given to the guest, from here on: for a recording.
    /// How many elements one exit covers is some hosts' choice, and a replay there could not stop in between. Does nothing unless
    /// the processor does otherwise.
    mutating func keepStringsWhole()

    /// Whether an interrupt injected now is taken before the next instruction.
    var canTakeInterrupt: Bool { get }

    /// Whether RFLAGS.IF was set at the last exit.
    var interruptFlag: Bool { get }

    /// CR8, the upper half of the local APIC's task priority, as the last exit left it. On every engine, a 32-bit store
    /// to that register of the APIC also sets it, at the address in IA32_APIC_BASE, because a replay has no APIC that
    /// could do this. The engine takes IA32_APIC_BASE from WRMSR, unless that is refused.
    var taskPriority: UInt8 { get }

    /// Masks address line 20 or opens it, from the next instruction on; the pending access must be complete. This is
    /// part of the state. It affects walks through the page tables, but not reads and writes of ``memory``: see
    /// ``AddressLine20``.
    mutating func maskAddressLine20(_ isMasked: Bool) throws(EngineError)

    /// Injects a maskable interrupt; ``canTakeInterrupt`` must hold.
    mutating func inject(vector: UInt8) throws(EngineError)

    /// Whether a non-maskable interrupt injected now is taken next. False while the guest is in an NMI handler: hosts
    /// differ in when they deliver a waiting one after the IRET at its end.
    func canTakeNonMaskable() throws(EngineError) -> Bool

    /// Injects a non-maskable interrupt; ``canTakeNonMaskable()`` must hold.
    mutating func injectNonMaskable() throws(EngineError)

    /// Asks for ``Exit/interruptWindow`` once the guest can take an interrupt, or cancels that.
    mutating func requestInterruptWindow(_ wanted: Bool)

    /// The whole state; the pending access must be complete.
    ///
    /// It has one form on every engine. docs/determinism.md, "Forms of one state", says how it represents a pending
    /// exception, a pending interrupt and HLT.
    mutating func state() throws(EngineError) -> ProcessorState

    /// Sets the whole state and forgets any pending access.
    mutating func restore(_ state: ProcessorState) throws(EngineError)

    /// The pages written since the last call, by the guest or the host side, in ascending order.
    ///
    /// - Parameter hot: pages that are likely to be written again before the next call. Detecting a write costs the
    ///   guest an exit, so these pages may be reported next time without detecting one.
    mutating func takeDirtyPages(expecting hot: Set<GuestPhysicalAddress>) throws(EngineError) -> [GuestPhysicalAddress]

    /// The instructions that this host cannot execute and that were completed for it, with counts. They are not exits
    /// and do not affect the guest. Empty by default.
    var completed: [CompletedInstruction: UInt64] { get }

    /// The leaves of CPUID that the guest has read since this processor was made; nil, the default, if they are not known.
    var readLeaves: Set<UInt32>? { get }

    /// How many instructions it has executed; nil, the default, if this engine does not count.
    var instructionsRetired: UInt64? { get }

    /// Executes until the next exit, as ``run()`` does, but not beyond a count of ``instructionsRetired``.
    ///
    /// - Returns: the exit; nil if the count was reached first.
    /// - Throws: `.doesNotCount`, the default, if this engine does not count.
    mutating func run(upTo count: UInt64) throws(EngineError) -> Exit?

    /// Stops ``run()`` from another thread.
    var kicker: ProcessorKicker { get }
}

extension Processor where Self: ~Copyable {
    /// False: each access is an exit of its own.
    public var isInsideInstruction: Bool { false }

    /// Does nothing: how many elements an exit covers is the host's choice.
    public mutating func keepStringsWhole() {}

    /// None: this engine executes every instruction that it does not stop at.
    public var completed: [CompletedInstruction: UInt64] { [:] }

    /// Nil: this engine does not see which leaves are read.
    public var readLeaves: Set<UInt32>? { nil }

    /// Nil: this engine does not count.
    public var instructionsRetired: UInt64? { nil }

    /// Refuses: this engine does not count.
    public mutating func run(upTo count: UInt64) throws(EngineError) -> Exit? { throw .doesNotCount }
}

/// Stops a processor from another thread: the current run, or the next one if none is under way.
public struct ProcessorKicker: Sendable {
    private let action: @Sendable () -> Void

    /// Makes a kicker of what stops the processor.
    public init(_ action: @escaping @Sendable () -> Void) {
        self.action = action
    }

    /// Makes the current run, or the next one, end with ``Exit/kicked``.
    public func kick() {
        action()
    }
}
