public import Engine
public import GuestMemory
internal import Platform
public import X86

/// What a machine is made from. It is checked when it is made.
public struct MachineConfiguration: Sendable {
    /// Bytes of RAM.
    public let memorySize: UInt64
    /// The guest, and how it starts.
    public let image: GuestImage
    /// What the guest is told about its processor.
    public let profile: ProcessorProfile
    /// What happens when the guest reads time counters and random numbers.
    public let hiddenReads: HiddenReadPolicy
    /// The contents of memory at the start, in which instructions that read hidden state have been replaced.
    public let code: CodePatcher
    /// The processor's state at the start.
    public let initialState: ProcessorState
    /// The names in the guest's program, by address.
    public private(set) var symbols: [ProgramSymbol]

    /// What the guest needs if it is a unikernel. It then has the board of a unikernel instead of a PC.
    public let unikernel: Unikernel?

    private let readOnlyMemory: GuestMemory.Region?
    private let zeros: [GuestMemory.Stretch]

    /// Adds names that the guest's program does not have itself.
    public mutating func addSymbols(_ added: [ProgramSymbol]) {
        guard !added.isEmpty else { return }
        symbols = (symbols + added).sorted { $0.address < $1.address }
    }

    /// The smallest and largest RAM in bytes.
    public static let memorySizes: ClosedRange<UInt64> = (1 << 20)...(1 << 39)

    /// Checks that the parts fit together.
    public init(
        memorySize: UInt64,
        image: GuestImage,
        profile: ProcessorProfile,
        hiddenReads: HiddenReadPolicy = HiddenReadPolicy()
    ) throws(MachineError) {
        guard Self.memorySizes.contains(memorySize), memorySize % UInt64(GuestMemory.pageSize) == 0 else {
            throw .unsuitableMemorySize(bytes: memorySize)
        }
        let memorySize = image.bootProtocol == .hvt ? try HVTMemory.size(forAsked: memorySize) : memorySize
        guard image.bootProtocol != .hvt || hiddenReads.counters == .trap else {
            throw .misusedOption(
                "--tsc",
                "a unikernel's time-stamp counter must run at 1 GHz, which only trap provides"
            )
        }
        let boot = try image.boot(memorySize: memorySize, signature: profile.signature)
        self.memorySize = memorySize
        self.image = image
        self.profile = hiddenReads.applied(to: profile)
        self.hiddenReads = hiddenReads
        code = CodePatcher(boot.contents, trapping: hiddenReads.trapped)
        initialState = boot.state
        symbols = boot.symbols
        zeros = boot.zeros
        readOnlyMemory = boot.readOnlyMemory
        unikernel = boot.unikernel
    }

    /// The guest-physical memory that the machine needs.
    public var memoryRegions: [GuestMemory.Region] {
        if let unikernel { return unikernel.regions }
        let low = min(memorySize, AddressSpace.holeStart)
        var regions = [GuestMemory.Region(address: GuestPhysicalAddress(0), size: low)]
        if let readOnlyMemory { regions.append(readOnlyMemory) }
        if memorySize > low {
            regions.append(
                GuestMemory.Region(address: GuestPhysicalAddress(PhysicalLayout.fourGiB), size: memorySize - low)
            )
        }
        return regions
    }

    /// Puts the guest into memory. Returns the processor state in which it starts.
    public func load(into memory: GuestMemory) throws(MemoryError) -> ProcessorState {
        for content in code.contents { try memory.write(content.bytes, at: content.address) }
        return initialState
    }

    /// Loads the guest again after a reset, as its loader would. Other memory stays as the guest left it.
    public func reload(into memory: GuestMemory) throws(MemoryError) {
        for stretch in zeros { try memory.clear(stretch) }
        _ = try load(into: memory)
    }
}

/// Where things lie in a PC's physical address space.
enum PhysicalLayout {
    static let oneMiB: UInt64 = 1 << 20
    static let fourGiB: UInt64 = 1 << 32
    /// The part of the firmware that a PC shows below 1 MiB.
    static let firmwareShadowSize = 128 << 10
    static let largestFirmware: UInt64 = 16 << 20
}

extension MachineConfiguration {
    /// Whether the guest is firmware, which sets the devices up itself.
    public var startsInFirmware: Bool {
        image.bootProtocol == .firmware
    }
}
