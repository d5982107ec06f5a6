public import ByteCoding
public import X86

extension TraceHeader {
    /// Where a trace was recorded.
    public struct Host: Hashable, Sendable {
        /// The processor's brand string.
        public var processorModel: String
        /// The kernel's release.
        public var kernelRelease: String
        /// The kernel module that serves KVM: `kvm_intel`, `kvm_amd`...
        public var module: String

        /// Makes a host of its parts.
        public init(processorModel: String, kernelRelease: String, module: String) {
            self.processorModel = processorModel
            self.kernelRelease = kernelRelease
            self.module = module
        }
    }

    /// What was recorded.
    public struct Guest: Hashable, Sendable {
        /// The guest's name, usually that of its file.
        public var name: String
        /// The other options that the machine was given, as text for people.
        public var options: [String]
        /// The size of the guest's image file in bytes.
        public var imageSize: UInt64
        /// XXH3-128 of the guest's image file.
        public var imageDigest: Digest128

        /// Makes a guest of its parts.
        public init(name: String, options: [String], imageSize: UInt64, imageDigest: Digest128) {
            self.name = name
            self.options = options
            self.imageSize = imageSize
            self.imageDigest = imageDigest
        }
    }

    /// The board around the processor.
    public struct Machine: Hashable, Sendable {
        /// The board's name.
        public var board: String
        /// Guest-physical memory, by address, without overlaps.
        public var memory: [MemoryRegion]

        /// Makes a machine of its parts.
        public init(board: String, memory: [MemoryRegion]) {
            self.board = board
            self.memory = memory
        }
    }

    /// One region of guest-physical memory, in whole pages.
    public struct MemoryRegion: Hashable, Sendable {
        /// Address of the first byte.
        public var address: GuestPhysicalAddress
        /// The size in bytes.
        public var size: UInt64
        /// The guest cannot write to it.
        public var isReadOnly: Bool

        /// Makes a region of its parts.
        public init(address: GuestPhysicalAddress, size: UInt64, isReadOnly: Bool = false) {
            self.address = address
            self.size = size
            self.isReadOnly = isReadOnly
        }
    }

    /// What the guest saw of the processor.
    public struct Processor: Hashable, Sendable {
        /// The profile's name.
        public var profile: String
        /// The CPUID table, as the guest saw it.
        public var cpuid: [CPUIDEntry]
        /// XCR0 at reset.
        public var initialXCR0: UInt64

        /// Makes a processor of its parts.
        public init(profile: String, cpuid: [CPUIDEntry], initialXCR0: UInt64) {
            self.profile = profile
            self.cpuid = cpuid
            self.initialXCR0 = initialXCR0
        }
    }

    /// An instruction that was replaced by one that traps.
    public struct CodePatch: Hashable, Sendable {
        /// Where in guest memory.
        public var address: GuestPhysicalAddress
        /// The instruction that was there.
        public var instruction: HiddenRead.Instruction
        /// The guest's own bytes.
        public var original: [UInt8]
        /// The bytes that replace it; as many as in `original`.
        public var replacement: [UInt8]

        /// Makes a patch of its parts.
        public init(
            address: GuestPhysicalAddress,
            instruction: HiddenRead.Instruction,
            original: [UInt8],
            replacement: [UInt8]
        ) {
            self.address = address
            self.instruction = instruction
            self.original = original
            self.replacement = replacement
        }
    }

    /// A free remark.
    public struct Note: Hashable, Sendable {
        /// What it is about.
        public var key: String
        /// What it says.
        public var value: String

        /// Makes a note of its parts.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }
}
