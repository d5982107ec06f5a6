internal import Engine
internal import Machine
internal import TraceFormat

extension TraceHeader.Host {
    /// A host as a trace names it.
    init(_ identity: HostIdentity) {
        self.init(
            processorModel: identity.processorModel,
            kernelRelease: identity.kernelRelease,
            module: identity.modules.joined(separator: " ")
        )
    }
}

extension TraceHeader.MemoryRegion {
    /// A region of guest memory as a trace describes it.
    init(_ region: GuestMemory.Region) {
        self.init(address: region.address, size: region.size, isReadOnly: region.isReadOnly)
    }
}

extension MachineConfiguration {
    /// The replaced instructions as a trace lists them.
    var headerPatches: [TraceHeader.CodePatch] {
        code.patches.map { patch in
            TraceHeader.CodePatch(
                address: patch.address,
                instruction: patch.code.instruction,
                original: patch.original,
                replacement: patch.replacement
            )
        }
    }

    /// The names in the guest's program as a trace keeps them.
    var traceSymbols: [GuestSymbol] {
        symbols.map { GuestSymbol(name: $0.name, address: $0.address, size: $0.size) }
    }
}

extension MachineConfiguration {
    /// What finds hidden reads in code that is not there yet when the guest starts.
    var discovery: CodeDiscovery? {
        CodeDiscovery(trapping: hiddenReads.trapped, basePort: code.basePort)
    }

    /// What a trace says of hidden reads beside the replaced instructions.
    var headerNotes: [TraceHeader.Note] {
        let ports = code.patches.isEmpty ? code.basePort.map { [TraceHeader.trapPort($0)] } : nil
        return (ports ?? []) + hiddenReads.notes
    }
}

extension HiddenReadPolicy {
    /// What a trace says of it, where it says anything.
    fileprivate var notes: [TraceHeader.Note] {
        guard mayDiverge else { return [] }
        let value = "native: the guest reads time counters that are not recorded; a replay may diverge"
        return [TraceHeader.Note(key: "tsc", value: value)]
    }
}
