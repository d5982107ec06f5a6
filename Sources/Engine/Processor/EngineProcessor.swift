public import GuestMemory
public import X86

/// A processor that an engine makes for a machine and that says which states it can hold: everything that can be asked
/// of any engine.
public protocol EngineProcessor: DebuggableProcessor, ~Copyable {
    /// Makes a machine with one processor that has been reset, and memory that is all zero.
    ///
    /// - Parameters:
    ///   - regions: the guest-physical memory.
    ///   - profile: what the guest is told about the processor.
    ///   - modelSpecificRegisters: the registers to keep with the state, as a trace names them; nil for all of
    ///     ``SavedRegisters`` that the engine has.
    ///   - trapBasePort: the port that ``CodePatcher`` chose for the guest's code.
    static func make(
        regions: [GuestMemory.Region],
        profile: ProcessorProfile,
        modelSpecificRegisters: [UInt32]?,
        trapBasePort: UInt8?
    ) throws(EngineError) -> Self

    /// What CPUID tells the guest. This may differ from the profile if the host forces bits on or off.
    var cpuid: [CPUIDEntry] { get }

    /// The components of the extended state that a guest may enable, as bits of XCR0.
    var supportedComponents: UInt64 { get }

    /// Whether a model-specific register can be part of the state.
    func keeps(modelSpecific number: UInt32) -> Bool
}
