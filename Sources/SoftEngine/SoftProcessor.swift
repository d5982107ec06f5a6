public import Engine
public import GuestMemory
internal import SoftCPU
public import X86

/// A virtual processor in software, with the memory in which it executes. It counts every instruction, can stop
/// anywhere, and needs nothing from its host.
public struct SoftProcessor: EngineProcessor, ~Copyable {
    /// The memory in which the processor executes.
    public let memory: GuestMemory
    /// The model-specific registers that are part of the state.
    public let modelSpecificRegisters: [UInt32]
    /// What CPUID tells the guest. It is the unchanged profile.
    public let cpuid: [CPUIDEntry]

    let cpu: SoftCPU
    let kicks = KickFlag()
    /// The first of the private ports for traps in patched code, or nil if the guest's code may not be patched.
    let trapBasePort: UInt8?
    var access = PendingAccess.none
    /// The next access of the last exit's instruction, or nil.
    var held: SoftExit?
    /// The events to deliver before the next instruction: an exception, an interrupt or a non-maskable interrupt.
    var events = ProcessorState.PendingEvents()
    /// Whether the last exit is an element of a repeated INS or OUTS, and more elements follow.
    var isAmongElements = false
    var keepsStringsWhole = false
    var wantsInterruptWindow = false
    /// Whether the processor stops after each instruction.
    var isStepping = false
    /// Where the processor stops. `cpu.stops` stays as it is while the processor steps, because changing it is expensive.
    var breakpoints: Set<GuestVirtualAddress> = []
    /// The first access to watched memory since the last call of ``takeWatchHit()``, or nil.
    var watchHit: WatchHit?
    /// RIP after the last exit's instruction if that is a finished write, or nil after other exits. The guest may
    /// already be in a handler if it traces itself.
    var writeRIP: UInt64?
    /// The value that the last exit, a WRMSR, gives to IA32_APIC_BASE unless it is refused. It is nil after other
    /// exits.
    var writtenAPICBase: LocalAPICBase?

    /// Makes a machine with one processor in its reset state. See ``EngineProcessor``.
    public static func make(
        regions: [GuestMemory.Region],
        profile: ProcessorProfile,
        modelSpecificRegisters: [UInt32]? = nil,
        trapBasePort: UInt8? = nil
    ) throws(EngineError) -> Self {
        let memory: GuestMemory
        do { memory = try GuestMemory(regions: regions) } catch { throw .memory(error) }
        memory.notesUnseenWrites = true
        let registers = modelSpecificRegisters ?? SavedRegisters.candidates.filter(isPresent).sorted()
        if let lacking = registers.first(where: { !isPresent($0) }) {
            throw .hostLacks("model-specific register 0x\(String(lacking, radix: 16))")
        }
        return Self(memory, profile, registers, trapBasePort)
    }

    private init(
        _ memory: GuestMemory,
        _ profile: ProcessorProfile,
        _ modelSpecificRegisters: [UInt32],
        _ trapBasePort: UInt8?
    ) {
        self.memory = memory
        self.modelSpecificRegisters = modelSpecificRegisters
        self.trapBasePort = trapBasePort
        cpuid = profile.cpuid
        cpu = SoftCPU(
            memory: memory.mappings,
            configuration: SoftConfiguration(profile, keeping: modelSpecificRegisters)
        )
        cpu.load(.reset(signature: profile.signature))
    }

    /// Prepares what is needed to make a machine, once for all machines of this process.
    public static func keepHostOpen() {
        _ = HostIdentity.current
    }

    /// What this processor can show a guest. It is the same on every host.
    public static func hostProfile() -> ProcessorProfile {
        ProcessorProfile(name: "host", cpuid: ProcessorProfile.baseline.cpuid)
    }

    /// x87 and SSE.
    public var supportedComponents: UInt64 { 3 }

    /// Whether the processor has the given model-specific register.
    public func keeps(modelSpecific number: UInt32) -> Bool { Self.isPresent(number) }

    private static func isPresent(_ number: UInt32) -> Bool { SoftConfiguration.presentRegisters.contains(number) }

    /// Stops ``run()`` from another thread.
    public var kicker: ProcessorKicker { ProcessorKicker { [kicks] in kicks.set() } }

    /// How many instructions the processor has executed. Each iteration of a repeated instruction counts as one. The
    /// delivery of an exception counts as one together with the instruction that raised it. The delivery of an
    /// interrupt also counts as one.
    public var instructionsRetired: UInt64? { cpu.executed }
}
