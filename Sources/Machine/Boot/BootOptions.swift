import X86

/// A file that a boot protocol passes to the guest besides its program.
public struct BootModule: Hashable, Sendable {
    /// The file's name, as the guest is told.
    public var name: String
    /// What follows the name in the module's command line.
    public var arguments: String
    /// The file's content.
    public var bytes: [UInt8]

    /// Makes a module of its parts.
    public init(name: String, arguments: String, bytes: [UInt8]) {
        self.name = name
        self.arguments = arguments
        self.bytes = bytes
    }
}

/// The mode in which a flat image is entered.
public enum FlatMode: String, CaseIterable, Hashable, Sendable {
    /// Real mode, segments 0, the image below 64 KiB.
    case real
    /// 32-bit protected mode, flat segments, paging off.
    case protected
    /// 64-bit mode, the first 4 GiB mapped to themselves.
    case long
}

/// What a guest starts with besides its own file.
public struct BootOptions: Hashable, Sendable {
    /// The guest's name, as the guest is told.
    public var name = "guest"
    /// The command line.
    public var commandLine = ""
    /// The initial RAM disk of a Linux or PVH guest.
    public var initialRAMDisk: [UInt8]?
    /// The modules of a multiboot guest.
    public var modules: [BootModule] = []
    /// The mode in which a flat image is entered.
    public var mode = FlatMode.real
    /// Where a flat image is put; nil for the usual place in its mode: 0x7C00, or 1 MiB in modes that can reach it.
    public var address: UInt64?

    /// The devices of a unikernel.
    public var attachments: [UnikernelDevice] = []

    /// Nothing besides the file.
    public init() {}

    /// The longest command line in bytes that is passed on.
    static let commandLineLimit = 64 << 10
    /// The most modules.
    static let moduleLimit = 1024
}
