public import Engine
public import GuestMemory
internal import SoftCPU
public import X86

/// A virtual processor in software, with the memory that it executes in. It counts every instruction, stops anywhere, and needs
/// nothing of its host.
public struct SoftProcessor: EngineProcessor, ~Copyable {
    /// The memory that it executes in.
    public let memory: GuestMemory
    /// The model-specific registers that are part of its state.
    public let modelSpecificRegisters: [UInt32]
    /// What CPUID tells the guest: the profile as it is.
    public let cpuid: [CPUIDEntry]

    let cpu: SoftCPU
    let kicks = KickFlag()
    /// The first of the private ports that patched code traps through, if the guest's code may be patched.
    let trapBasePort: UInt8?
    var access = PendingAccess.none
    /// The next access of the same instruction.
    var held: SoftExit?
    /// What is delivered before the next instruction: an exception, an interrupt, or a non-maskable interrupt.
    var events = ProcessorState.PendingEvents()
    /// Whether the last exit is an element of a repeated INS or OUTS that others follow.
    var isAmongElements = false
    var keepsStringsWhole = false
    var wantsInterruptWindow = false
    /// Whether the processor stops behind each instruction.
    var isStepping = false
    /// Where it stops. Those of the processor itself stay, also while it steps: a change costs much.
    var breakpoints: Set<GuestVirtualAddress> = []
    /// RIP behind the last exit's instruction, which is a write and over; nil behind other exits. The guest may be in a handler then,
    /// if it traces itself.
    var writeRIP: UInt64?
    /// What the last exit, which is a WRMSR, gives IA32_APIC_BASE unless it is refused.
    var writtenAPICBase: LocalAPICBase?

    /// Makes a machine with one processor that has been reset; see ``EngineProcessor``.
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

    /// Prepares what making a machine takes, once for all that this process makes.
    public static func keepHostOpen() {
        // Read once for all.
        _ = HostIdentity.current
    }

    /// What a guest can be shown: the same on every host.
    public static func hostProfile() -> ProcessorProfile {
        ProcessorProfile(name: "host", cpuid: ProcessorProfile.baseline.cpuid)
    }

    /// x87 and SSE.
    public var supportedComponents: UInt64 { 3 }

    /// Whether the processor has a model-specific register.
    public func keeps(modelSpecific number: UInt32) -> Bool { Self.isPresent(number) }

    private static func isPresent(_ number: UInt32) -> Bool { SoftConfiguration.presentRegisters.contains(number) }

    /// Stops ``run()`` from another thread.
    public var kicker: ProcessorKicker { ProcessorKicker { [kicks] in kicks.set() } }

    /// How many instructions it has executed: a turn of a repeated one counts as one, and so does the delivery of an exception
    /// together with the instruction that raised it, or of an interrupt.
    public var instructionsRetired: UInt64? { cpu.executed }
}
