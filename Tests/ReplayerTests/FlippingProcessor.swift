import Engine
import GuestMemory
import SoftEngine
import X86

/// When a ``FlippingProcessor`` goes wrong, and how.
protocol Flip: Sendable {
    /// RIP of the instruction behind which it does.
    static var place: UInt64 { get }
    /// Whether it does there: the general registers, RIP and flags before the instruction.
    static func isDue(_ registers: [UInt64]) -> Bool
    static func change(_ state: inout ProcessorState, _ memory: GuestMemory)
}

/// The processor in software, but for one fault. It executes one instruction at a time to see where it stands.
struct FlippingProcessor<Fault: Flip>: EngineProcessor, ~Copyable {
    private var base: SoftProcessor

    static func make(
        regions: [GuestMemory.Region],
        profile: ProcessorProfile,
        modelSpecificRegisters: [UInt32]?,
        trapBasePort: UInt8?
    ) throws(EngineError) -> Self {
        Self(
            base: try SoftProcessor.make(
                regions: regions,
                profile: profile,
                modelSpecificRegisters: modelSpecificRegisters,
                trapBasePort: trapBasePort
            )
        )
    }

    mutating func run() throws(EngineError) -> Exit {
        while true {
            if let exit = try run(upTo: .max) { return exit }
        }
    }

    mutating func run(upTo count: UInt64) throws(EngineError) -> Exit? {
        while let present = base.instructionsRetired, present < count {
            let isDue = base.exitRIP == Fault.place && Fault.isDue(base.exitRegisters)
            if let exit = try base.run(upTo: present + 1) { return exit }
            guard isDue else { continue }
            var state = base.state()
            Fault.change(&state, base.memory)
            try base.restore(state)
        }
        return nil
    }

    // MARK: What is right

    var memory: GuestMemory { base.memory }
    var cpuid: [CPUIDEntry] { base.cpuid }
    var supportedComponents: UInt64 { base.supportedComponents }
    func keeps(modelSpecific number: UInt32) -> Bool { base.keeps(modelSpecific: number) }
    var exitRIP: UInt64 { base.exitRIP }
    mutating func exitAddress() throws(EngineError) -> GuestVirtualAddress { base.exitAddress() }
    mutating func answer(_ value: UInt64) { base.answer(value) }
    mutating func refuse() { base.refuse() }
    mutating func answerHiddenRead(value: UInt64, auxiliary: UInt32, succeeded: Bool) throws(EngineError) {
        try base.answerHiddenRead(value: value, auxiliary: auxiliary, succeeded: succeeded)
    }
    mutating func completePendingAccess() throws(EngineError) { try base.completePendingAccess() }
    var isInsideInstruction: Bool { base.isInsideInstruction }
    var canTakeInterrupt: Bool { base.canTakeInterrupt }
    func canTakeNonMaskable() throws(EngineError) -> Bool { base.canTakeNonMaskable() }
    mutating func inject(vector: UInt8) throws(EngineError) { base.inject(vector: vector) }
    mutating func injectNonMaskable() throws(EngineError) { base.injectNonMaskable() }
    var interruptFlag: Bool { base.interruptFlag }
    var taskPriority: UInt8 { base.taskPriority }
    mutating func maskAddressLine20(_ isMasked: Bool) throws(EngineError) { base.maskAddressLine20(isMasked) }
    mutating func requestInterruptWindow(_ wanted: Bool) { base.requestInterruptWindow(wanted) }
    mutating func state() throws(EngineError) -> ProcessorState { base.state() }
    mutating func restore(_ state: ProcessorState) throws(EngineError) { try base.restore(state) }
    mutating func takeDirtyPages(
        expecting hot: Set<GuestPhysicalAddress>
    ) throws(EngineError) -> [GuestPhysicalAddress] { base.takeDirtyPages(expecting: hot) }
    var kicker: ProcessorKicker { base.kicker }
    var instructionsRetired: UInt64? { base.instructionsRetired }
    func canStop(in mode: GuestMode) -> Bool { base.canStop(in: mode) }
    var debugsUnseen: Bool { base.debugsUnseen }
    mutating func setBreakpoints(_ addresses: [GuestVirtualAddress]) throws(EngineError) {
        base.setBreakpoints(addresses)
    }
    mutating func step() throws(EngineError) -> Exit { try base.step() }
    var exitRegisters: [UInt64] { base.exitRegisters }
    mutating func executionState() throws(EngineError) -> ProcessorState { base.executionState() }
}
