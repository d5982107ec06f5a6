public import Engine
public import TraceFormat
internal import X86

extension ReplaySession where P == KVMProcessor {
    /// A session on this host's KVM, with the memory and the processor that the trace names.
    ///
    /// - Throws: `.trace(.noState)` where the trace has no state to begin with; `.hostDiffers` where this host can not show
    ///   the guest the recorded processor.
    public init(_ reader: TraceReader, landing: Landing = .auto) throws(ReplayError) {
        let header = reader.header
        let saved: [UInt32]
        do throws(TraceError) {
            saved = try reader.firstKeyframe().state.modelSpecific.keys.sorted()
        } catch {
            throw .trace(error)
        }
        let processor: KVMProcessor
        do {
            processor = try KVMProcessor.make(
                regions: header.machine.memory.map { region in
                    GuestMemory.Region(address: region.address, size: region.size, isReadOnly: region.isReadOnly)
                },
                profile: ProcessorProfile(name: header.processor.profile, cpuid: header.processor.cpuid),
                modelSpecificRegisters: saved,
                trapBasePort: header.trapBasePort
            )
        } catch {
            throw .engine(error)
        }
        let differences = CPUIDDifference.between(asked: header.processor.cpuid, seen: processor.cpuid)
        guard differences.isEmpty else { throw .hostDiffers(differences) }
        self.init(reader, processor: processor, landing: landing)
    }
}
