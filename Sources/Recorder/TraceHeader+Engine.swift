internal import ByteCoding
internal import CHostIO
internal import Engine
internal import Engines
internal import GuestMemory
internal import Machine
internal import TraceFormat
internal import X86

extension TraceHeader.Host {
    /// Describes a host for a trace.
    init(_ identity: HostIdentity) {
        self.init(
            processorModel: identity.processorModel,
            kernelRelease: identity.kernelRelease,
            module: identity.modules.joined(separator: " ")
        )
    }
}

extension TraceHeader.Setup {
    /// Describes a machine's set-up for a trace.
    init(_ configuration: MachineConfiguration, _ setup: RunSetup) {
        self.init(
            boot: configuration.image.bootProtocol,
            clock: setup.clock,
            clockDate: setup.clockDate,
            drives: setup.drives.map {
                TraceHeader.Drive(name: $0.name, interface: $0.interface, isWritable: $0.disk.writesImage)
            }
        )
    }
}

extension RecordingEngine {
    /// Names the engine for a trace.
    init(_ choice: EngineChoice) {
        switch choice {
        case .kvm: self = .kvm
        case .soft: self = .software
        }
    }
}

extension ProcessorModel {
    /// The processor of this host, as CPUID identifies it to programs.
    static var ofThisHost: Self {
        let (identity, features, hypervisor) = (chostio_cpuid(0), chostio_cpuid(1), chostio_cpuid(0x4000_0000))
        let hasHypervisor = features.ecx >> 31 & 1 == 1
        let isEmulated = hasHypervisor && text(hypervisor.ebx, hypervisor.ecx, hypervisor.edx) == emulator
        let vendor = isEmulated ? emulator : text(identity.ebx, identity.edx, identity.ecx)
        return Self(vendor: vendor, signature: features.eax)
    }

    /// Three registers' bytes as text.
    private static func text(_ registers: UInt32...) -> String {
        var writer = ByteWriter()
        for register in registers { writer.write(register) }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension TraceHeader.MemoryRegion {
    /// Describes a region of guest memory for a trace.
    init(_ region: GuestMemory.Region) {
        self.init(address: region.address, size: region.size, isReadOnly: region.isReadOnly)
    }
}

extension MachineConfiguration {
    /// The replaced instructions in the form of a trace.
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

    /// The symbols of the guest's program in the form of a trace.
    var traceSymbols: [GuestSymbol] {
        symbols.map { GuestSymbol(name: $0.name, address: $0.address, size: $0.size) }
    }
}

extension LandingPolicy {
    /// How processors like this one can reach a moment between two exits in at least one mode of the guest.
    init(of processor: borrowing some DebuggableProcessor & ~Copyable, _ keyframes: KeyframePolicy) {
        if processor.instructionsRetired != nil, !keyframes.atInterrupts {
            self = .instructionCount
            return
        }
        var canStop = false
        for mode in GuestMode.allCases where processor.canStop(in: mode) { canStop = true }
        self = canStop ? .breakpoint : .jump
    }
}

extension MachineConfiguration {
    /// Finds hidden reads in code that is not there yet when the guest starts.
    var discovery: CodeDiscovery? {
        CodeDiscovery(trapping: hiddenReads.trapped, basePort: code.basePort)
    }

    /// What a trace tells its readers about hidden reads: which ones may be missing from it.
    ///
    /// - Parameter seen: what CPUID shows the guest.
    func notes(seen: [CPUIDEntry]) -> [TraceHeader.Note] {
        var notes: [TraceHeader.Note] = []
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
        let forced = profile == .portable ? CPUIDDifference.between(asked: profile.cpuid, seen: seen) : []
        if !forced.isEmpty {
            let value =
                "the host shows CPUID bits beyond the portable profile: "
                + forced.map(\.description).joined(separator: ", ")
            notes.append(TraceHeader.Note(key: "forced", value: value))
        }
        return notes
    }
}
