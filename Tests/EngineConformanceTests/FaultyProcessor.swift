import Engine
import EngineTesting
import GuestMemory
import X86

/// What is wrong with a ``FaultyProcessor``: nothing, unless a fault says otherwise.
protocol PlantedFault: Sendable {
    /// What the list must find it by.
    static var finder: any EngineBehaviour { get }

    static func change(_ exit: inout Exit)
    static func change(_ state: inout ProcessorState)
    static func change(_ pages: inout [GuestPhysicalAddress])
    static func changeAnswer(_ value: inout UInt64)
    static func changeVector(_ vector: inout UInt8)
    static var dropsKicks: Bool { get }
    static var dropsRefusals: Bool { get }
    static var isAlwaysReady: Bool { get }
    static var stopsNowhere: Bool { get }
}

extension PlantedFault {
    static func change(_ exit: inout Exit) {}
    static func change(_ state: inout ProcessorState) {}
    static func change(_ pages: inout [GuestPhysicalAddress]) {}
    static func changeAnswer(_ value: inout UInt64) {}
    static func changeVector(_ vector: inout UInt8) {}
    static var dropsKicks: Bool { false }
    static var dropsRefusals: Bool { false }
    static var isAlwaysReady: Bool { false }
    static var stopsNowhere: Bool { false }
}

/// A processor of an engine, but for one fault.
struct FaultyProcessor<Base: EngineProcessor & ~Copyable, Fault: PlantedFault>: EngineProcessor, ~Copyable {
    private var base: Base

    private init(base: consuming Base) { self.base = base }

    static func make(
        regions: [GuestMemory.Region],
        profile: ProcessorProfile,
        modelSpecificRegisters: [UInt32]?,
        trapBasePort: UInt8?
    ) throws(EngineError) -> Self {
        Self(
            base: try Base.make(
                regions: regions,
                profile: profile,
                modelSpecificRegisters: modelSpecificRegisters,
                trapBasePort: trapBasePort
            )
        )
    }

    // MARK: What a fault changes

    mutating func run() throws(EngineError) -> Exit {
        var exit = try base.run()
        Fault.change(&exit)
        return exit
    }

    mutating func answer(_ value: UInt64) {
        var value = value
        Fault.changeAnswer(&value)
        base.answer(value)
    }

    mutating func refuse() { if !Fault.dropsRefusals { base.refuse() } }
    var canTakeInterrupt: Bool { Fault.isAlwaysReady || base.canTakeInterrupt }
    func canTakeNonMaskable() throws(EngineError) -> Bool {
        let isReady = try base.canTakeNonMaskable()
        return Fault.isAlwaysReady || isReady
    }

    mutating func inject(vector: UInt8) throws(EngineError) {
        var vector = vector
        Fault.changeVector(&vector)
        try base.inject(vector: vector)
    }

    mutating func state() throws(EngineError) -> ProcessorState {
        var state = try base.state()
        Fault.change(&state)
        return state
    }

    mutating func takeDirtyPages(
        expecting hot: Set<GuestPhysicalAddress>
    ) throws(EngineError) -> [GuestPhysicalAddress] {
        var pages = try base.takeDirtyPages(expecting: hot)
        Fault.change(&pages)
        return pages
    }

    var kicker: ProcessorKicker { Fault.dropsKicks ? ProcessorKicker {} : base.kicker }

    func canStop(in mode: GuestMode) -> Bool { !Fault.stopsNowhere && base.canStop(in: mode) }

    // MARK: What none does

    var memory: GuestMemory { base.memory }
    var cpuid: [CPUIDEntry] { base.cpuid }
    var supportedComponents: UInt64 { base.supportedComponents }
    func keeps(modelSpecific number: UInt32) -> Bool { base.keeps(modelSpecific: number) }
    var exitRIP: UInt64 { base.exitRIP }
    mutating func exitAddress() throws(EngineError) -> GuestVirtualAddress { try base.exitAddress() }
    mutating func answerHiddenRead(value: UInt64, auxiliary: UInt32, succeeded: Bool) throws(EngineError) {
        try base.answerHiddenRead(value: value, auxiliary: auxiliary, succeeded: succeeded)
    }
    mutating func completePendingAccess() throws(EngineError) { try base.completePendingAccess() }
    var isInsideInstruction: Bool { base.isInsideInstruction }
    var interruptFlag: Bool { base.interruptFlag }
    var taskPriority: UInt8 { base.taskPriority }
    mutating func maskAddressLine20(_ isMasked: Bool) throws(EngineError) { try base.maskAddressLine20(isMasked) }
    mutating func injectNonMaskable() throws(EngineError) { try base.injectNonMaskable() }
    mutating func requestInterruptWindow(_ wanted: Bool) { base.requestInterruptWindow(wanted) }
    mutating func restore(_ state: ProcessorState) throws(EngineError) { try base.restore(state) }
    mutating func setBreakpoints(_ addresses: [GuestVirtualAddress]) throws(EngineError) {
        try base.setBreakpoints(addresses)
    }
    mutating func step() throws(EngineError) -> Exit { try base.step() }
    mutating func setBreakpoint(
        _ address: GuestVirtualAddress,
        registers: [UInt64]
    ) throws(EngineError) -> Bool { try base.setBreakpoint(address, registers: registers) }
    var debugsUnseen: Bool { base.debugsUnseen }
    mutating func keepStringsWhole() { base.keepStringsWhole() }
    var instructionsRetired: UInt64? { base.instructionsRetired }
    mutating func run(upTo count: UInt64) throws(EngineError) -> Exit? { try base.run(upTo: count) }
    var exitRegisters: [UInt64] { base.exitRegisters }
    mutating func executionState() throws(EngineError) -> ProcessorState { try base.executionState() }
}
