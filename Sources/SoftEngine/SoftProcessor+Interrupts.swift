internal import Engine
internal import SoftCPU
internal import X86

extension SoftProcessor {
    /// Whether an event has to be delivered before the next instruction.
    var hasEvents: Bool { events.exception != nil || events.interrupt != nil || events.nmiInjected }

    mutating func deliverEvents() {
        cpu.deliver(events)
        events = .init()
    }

    /// Whether the guest takes an interrupt that is injected now before its next instruction.
    public var canTakeInterrupt: Bool {
        guard !hasEvents, !isInsideInstruction, !access.isRefused else { return false }
        // The interrupt shadow of the previous instruction ends with the instruction under way.
        return access.isNone && !cpu.isInstructionUnderWay ? cpu.canTakeInterrupt : interruptFlag
    }

    /// Whether RFLAGS.IF was set at the last exit.
    public var interruptFlag: Bool { cpu.flags & 1 << 9 != 0 }

    /// Injects a maskable interrupt. ``canTakeInterrupt`` must be true.
    public mutating func inject(vector: UInt8) { events.interrupt = .init(vector: vector) }

    /// Whether the guest takes a non-maskable interrupt next if it is injected now.
    public func canTakeNonMaskable() -> Bool {
        !access.isRefused && !cpu.masksNonMaskable && !cpu.hasNonMaskableWaiting && !events.nmiInjected
    }

    /// Injects a non-maskable interrupt. ``canTakeNonMaskable()`` must return true.
    public mutating func injectNonMaskable() { cpu.hasNonMaskableWaiting = true }

    /// Requests ``Exit/interruptWindow`` once the guest can take an interrupt, or withdraws the request.
    public mutating func requestInterruptWindow(_ wanted: Bool) {
        wantsInterruptWindow = wanted
        cpu.requestInterruptWindow(wanted)
    }
}
