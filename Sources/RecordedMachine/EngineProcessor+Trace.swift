public import Engine
internal import GuestMemory
public import TraceFormat
public import X86

extension EngineProcessor where Self: ~Copyable {
    /// Makes the memory and the processor of a trace on this host. The memory is all zero, and the processor has been reset.
    ///
    /// - Parameters:
    ///   - header: the trace's description of its machine.
    ///   - state: any state of the trace: it tells which model-specific registers the processor keeps.
    ///   - obstacles: which of the CPUID bits that this host shows the guest differently are in the way.
    /// - Throws: `.hostDiffers` if this host cannot show the guest the recorded processor.
    public static func make(
        recordedIn header: TraceHeader,
        keeping state: ProcessorState,
        obstacles: ([CPUIDDifference]) -> [CPUIDDifference] = { $0 }
    ) throws(EngineError) -> Self {
        let processor = try make(
            regions: header.machine.memory.map { region in
                GuestMemory.Region(address: region.address, size: region.size, isReadOnly: region.isReadOnly)
            },
            profile: header.profile,
            modelSpecificRegisters: state.modelSpecific.keys.sorted(),
            trapBasePort: header.trapBasePort
        )
        let differences = obstacles(processor.differences(from: header.processor))
        guard differences.isEmpty else { throw .hostDiffers(differences) }
        return processor
    }

    /// The CPUID bits that this engine would show the guest differently from the recorded processor. Makes a machine without a
    /// guest to find out, which takes a few milliseconds.
    public static func differencesInReplay(of header: TraceHeader) throws(EngineError) -> [CPUIDDifference] {
        try make(
            regions: [GuestMemory.Region(address: GuestPhysicalAddress(0), size: 4096)],
            profile: header.profile,
            modelSpecificRegisters: [],
            trapBasePort: header.trapBasePort
        ).differences(from: header.processor)
    }

    /// The CPUID bits that this processor shows the guest differently from the recorded one.
    public func differences(from recorded: TraceHeader.Processor) -> [CPUIDDifference] {
        CPUIDDifference.between(asked: recorded.cpuid, seen: cpuid)
    }
}

extension TraceHeader {
    /// What the guest was shown.
    fileprivate var profile: ProcessorProfile {
        ProcessorProfile(name: processor.profile, cpuid: processor.cpuid, model: model)
    }

    /// The processor that executed the guest, or that was imitated; of an older trace, which names it in words, the vendor alone.
    fileprivate var model: ProcessorModel {
        guard recording.processor.vendor.isEmpty else { return recording.processor }
        return ProcessorModel(vendor: host.processorModel.contains("Intel") ? "GenuineIntel" : "AuthenticAMD")
    }
}
