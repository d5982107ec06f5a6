internal import Engine
internal import SoftCPU
internal import X86

extension SoftProcessor {
    /// Whether something is to be delivered before the next instruction.
    var hasEvents: Bool { events.exception != nil || events.interrupt != nil || events.nmiInjected }

    mutating func deliverEvents() {
        cpu.deliver(events)
        events = .init()
    }

    /// Whether an interrupt injected now is taken before the next instruction.
    public var canTakeInterrupt: Bool {
        guard !hasEvents, !isInsideInstruction, !access.isRefused else { return false }
        // The shadow of the instruction before is over when the one under way is.
        return access.isNone && !cpu.isInstructionUnderWay ? cpu.canTakeInterrupt : interruptFlag
    }

    /// Whether RFLAGS.IF was set at the last exit.
    public var interruptFlag: Bool { cpu.flags & 1 << 9 != 0 }

    /// Injects a maskable interrupt; ``canTakeInterrupt`` must hold.
    public mutating func inject(vector: UInt8) { events.interrupt = .init(vector: vector) }

    /// Whether a non-maskable interrupt injected now is taken next.
    public func canTakeNonMaskable() -> Bool {
        !access.isRefused && !cpu.masksNonMaskable && !cpu.hasNonMaskableWaiting && !events.nmiInjected
    }

    /// Injects a non-maskable interrupt; ``canTakeNonMaskable()`` must hold.
    public mutating func injectNonMaskable() { cpu.hasNonMaskableWaiting = true }

    /// Asks for ``Exit/interruptWindow`` once the guest can take an interrupt, or no longer.
    public mutating func requestInterruptWindow(_ wanted: Bool) {
        wantsInterruptWindow = wanted
        cpu.requestInterruptWindow(wanted)
    }
}
