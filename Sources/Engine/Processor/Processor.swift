public import GuestMemory
public import X86

/// One virtual processor with the memory that it executes in.
///
/// What a run needs. A driver calls ``run()``, deals with the exit, and calls it again. Between two calls it may inject, read or
/// write state and memory, after ``completePendingAccess()``. Drivers are generic over the processor, so that calls are direct.
public protocol Processor: ~Copyable {
    /// The memory that it executes in.
    var memory: GuestMemory { get }

    /// RIP as the last exit left it, without completing a pending access: a read's own address; for a write the host decides
    /// between the instruction's address and the next one's.
    var exitRIP: UInt64 { get }

    /// What tells the places of exits apart: the linear address of ``exitRIP``. From 64 KiB on, where code segments begin at
    /// 0 in practice, it is ``exitRIP`` itself.
    mutating func exitAddress() throws(EngineError) -> GuestVirtualAddress

    /// Executes until the next exit, or hands out the next element of the last one.
    mutating func run() throws(EngineError) -> Exit

    /// Answers the pending read: the value's low bytes, as many as were asked for.
    mutating func answer(_ value: UInt64)

    /// Answers the pending hidden read: the counter or random number, TSC_AUX, and whether there was a random number.
    mutating func answerHiddenRead(value: UInt64, auxiliary: UInt32, succeeded: Bool) throws(EngineError)

    /// Answers the pending RDMSR or WRMSR with a general-protection fault.
    mutating func refuse()

    /// Finishes the instruction of the last exit, so that state and memory are those of the moment after it.
    ///
    /// Until then RIP and a read's destination are the old ones, and setting registers would be undone. Must not be called
    /// while elements of a string instruction are still to be handed out: see ``isInsideInstruction``.
    ///
    /// - Throws: `.unfinishedInstruction` where the instruction turns out to have another access to make, which ``run()`` gives
    ///   next; nothing is lost.
    mutating func completePendingAccess() throws(EngineError)

    /// Whether ``run()`` would hand out another access of the same instruction before executing anything. False unless the
    /// processor says otherwise.
    var isInsideInstruction: Bool { get }

    /// Whether an interrupt injected now is taken before the next instruction.
    var canTakeInterrupt: Bool { get }

    /// Whether RFLAGS.IF was set at the last exit.
    var interruptFlag: Bool { get }

    /// CR8, the upper half of the local APIC's task priority: as the last exit left it. A store of 32 bits to that register of
    /// the APIC sets it too, where IA32_APIC_BASE says that the APIC is, on every engine: a replay has no APIC that could. The
    /// engine takes IA32_APIC_BASE from WRMSR, unless that is refused.
    var taskPriority: UInt8 { get }

    /// Masks address line 20, or lets it through, from the next instruction on; the pending access must be complete. Part of
    /// the state. See ``AddressLine20``: reading and writing ``memory`` is not affected, a walk through the page tables is.
    mutating func maskAddressLine20(_ isMasked: Bool) throws(EngineError)

    /// Injects a maskable interrupt; ``canTakeInterrupt`` must hold.
    mutating func inject(vector: UInt8) throws(EngineError)

    /// Whether a non-maskable interrupt injected now is taken next. Not while the guest is in the handler of one: when it has
    /// come to the IRET at its end, hosts deliver one that waits at different moments.
    func canTakeNonMaskable() throws(EngineError) -> Bool

    /// Injects a non-maskable interrupt; ``canTakeNonMaskable()`` must hold.
    mutating func injectNonMaskable() throws(EngineError)

    /// Asks for ``Exit/interruptWindow`` once the guest can take an interrupt, or no longer.
    mutating func requestInterruptWindow(_ wanted: Bool)

    /// The whole state; the pending access must be complete.
    ///
    /// In one form, whatever the engine: what an exception on its way, an interrupt on its way and HLT look like is said in
    /// docs/determinism.md, "Forms of one state".
    mutating func state() throws(EngineError) -> ProcessorState

    /// Sets the whole state, forgetting any pending access.
    mutating func restore(_ state: ProcessorState) throws(EngineError)

    /// The pages written since the last call, by the guest or the host side, in rising order.
    ///
    /// - Parameter hot: pages that are likely to be written again before the next call. Finding that out costs the guest an
    ///   exit for each: those may be among the next call's pages unseen.
    mutating func takeDirtyPages(expecting hot: Set<GuestPhysicalAddress>) throws(EngineError) -> [GuestPhysicalAddress]

    /// The instructions that this host cannot execute and that were completed for it, and how often: no exits, and no part
    /// of what happens to the guest. None unless the processor says otherwise.
    var completed: [CompletedInstruction: UInt64] { get }

    /// How many instructions it has executed; nil, as unless the processor says otherwise, if this engine does not count.
    var instructionsRetired: UInt64? { get }

    /// Executes until the next exit, as ``run()`` does, but no further than to a count of ``instructionsRetired``.
    ///
    /// - Returns: the exit; nil where the count was reached first.
    /// - Throws: `.doesNotCount`, as unless the processor does otherwise, if this engine does not count.
    mutating func run(upTo count: UInt64) throws(EngineError) -> Exit?

    /// Stops ``run()`` from another thread.
    var kicker: ProcessorKicker { get }
}

extension Processor where Self: ~Copyable {
    /// False: each access is an exit of its own.
    public var isInsideInstruction: Bool { false }

    /// None: this engine executes every instruction that it does not stop at.
    public var completed: [CompletedInstruction: UInt64] { [:] }

    /// Nil: this engine does not count.
    public var instructionsRetired: UInt64? { nil }

    /// Refuses: this engine does not count.
    public mutating func run(upTo count: UInt64) throws(EngineError) -> Exit? { throw .doesNotCount }
}

/// Stops a processor from another thread: the run under way, or the next one if none is.
public struct ProcessorKicker: Sendable {
    private let action: @Sendable () -> Void

    /// Makes a kicker of what stops the processor.
    public init(_ action: @escaping @Sendable () -> Void) {
        self.action = action
    }

    /// Makes the run under way, or the next one, end with ``Exit/kicked``.
    public func kick() {
        action()
    }
}
