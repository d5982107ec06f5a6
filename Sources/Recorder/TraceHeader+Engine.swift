internal import Engine
internal import GuestMemory
internal import Machine
internal import TraceFormat
internal import X86

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

extension LandingPolicy {
    /// How processors like this one can come to a moment between two exits, in one mode of the guest at least.
    init(of processor: borrowing some DebuggableProcessor & ~Copyable) {
        var canStop = false
        for mode in GuestMode.allCases where processor.canStop(in: mode) { canStop = true }
        self = canStop ? .breakpoint : .jump
    }
}

extension MachineConfiguration {
    /// What finds hidden reads in code that is not there yet when the guest starts.
    var discovery: CodeDiscovery? {
        CodeDiscovery(trapping: hiddenReads.trapped, basePort: code.basePort)
    }

    /// What a trace says of hidden reads beside the replaced instructions: through which ports those trap that are found
    /// later, and which reads it may not hold.
    ///
    /// - Parameter seen: what CPUID shows the guest.
    func notes(seen: [CPUIDEntry]) -> [TraceHeader.Note] {
        var notes: [TraceHeader.Note] = []
        if code.patches.isEmpty, let port = code.basePort { notes.append(TraceHeader.trapPort(port)) }
        if hiddenReads.mayDiverge {
            let value = "native: the guest reads time counters that are not recorded; a replay may diverge"
            notes.append(TraceHeader.Note(key: "tsc", value: value))
        }
        let shown = hiddenReads.unconcealed(asked: profile.cpuid, seen: seen)
        if !shown.isEmpty {
            let value =
                "\(shown.joined(separator: ", ")) could not be hidden: what the guest reads there is not recorded, and a "
                + "replay may diverge"
            notes.append(TraceHeader.Note(key: "hide", value: value))
        }
        return notes
    }
}
