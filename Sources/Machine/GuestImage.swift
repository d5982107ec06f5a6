public import Platform

/// What a machine starts with, and how.
public struct GuestImage: Sendable {
    /// The guest's file.
    public let bytes: [UInt8]
    /// How it is put into memory and entered.
    public let bootProtocol: BootProtocol
    /// What it starts with besides its file.
    public let options: BootOptions

    /// - Parameters:
    ///   - bootProtocol: how to boot it; nil for what the file asks for.
    ///   - options: every one that is given must have a meaning in that protocol.
    public init(bytes: [UInt8], bootProtocol: BootProtocol? = nil, options: BootOptions = BootOptions())
        throws(MachineError)
    {
        guard !bytes.isEmpty else { throw .emptyGuest }
        self.bytes = bytes
        self.bootProtocol = if let bootProtocol { bootProtocol } else { try BootProtocol.detect(bytes) }
        self.options = options
        try options.check(for: self.bootProtocol)
    }

    func boot(memorySize: UInt64, signature: UInt32) throws(MachineError) -> BootImage {
        let map = MemoryMap(memorySize: memorySize)
        var image =
            switch bootProtocol {
            case .multiboot: try MultibootLoader.load(bytes, options, map)
            case .multiboot2: try Multiboot2Loader.load(bytes, options, map)
            case .linux: try LinuxLoader.load(bytes, options, map)
            case .pvh: try PVHLoader.load(bytes, options, map)
            case .hvt: try HVTLoader.load(bytes, options, memorySize: memorySize)
            case .firmware: try FirmwareLoader.load(bytes, signature: signature)
            case .sector: try BootSectorLoader.load(bytes, map, signature: signature)
            case .flat: try FlatLoader.load(bytes, options, map, signature: signature)
            }
        if bootProtocol.comesWithTables { image.contents += ACPITables().contents }
        return image
    }
}

extension BootProtocol {
    /// Whether the guest is told where the machine's ACPI tables are, as firmware would do.
    fileprivate var comesWithTables: Bool {
        switch self {
        case .multiboot, .multiboot2, .linux, .pvh: true
        case .hvt, .firmware, .sector, .flat: false
        }
    }
}

extension BootOptions {
    /// Refuses options that have no meaning in a protocol: an option that does nothing misleads the user.
    fileprivate func check(for bootProtocol: BootProtocol) throws(MachineError) {
        let takesLine: Set<BootProtocol> = [.multiboot, .multiboot2, .linux, .pvh, .hvt]
        let takesDisk: Set<BootProtocol> = [.linux, .pvh]
        let takesModules: Set<BootProtocol> = [.multiboot, .multiboot2]
        let guest = "a guest booted by \(bootProtocol.rawValue)"
        guard commandLine.isEmpty || takesLine.contains(bootProtocol) else {
            throw .misusedOption("--append", "\(guest) has no command line")
        }
        guard initialRAMDisk == nil || takesDisk.contains(bootProtocol) else {
            throw .misusedOption("--initrd", "\(guest) has no initial RAM disk")
        }
        guard modules.isEmpty || takesModules.contains(bootProtocol) else {
            throw .misusedOption("--module", "\(guest) has no modules")
        }
        guard attachments.isEmpty || bootProtocol == .hvt else {
            throw .misusedOption("--block and --net", "\(guest) is not a unikernel")
        }
        guard mode == .real || bootProtocol == .flat else {
            throw .misusedOption("--mode", "\(guest) chooses its mode itself; use --boot flat to choose it")
        }
        guard address == nil || bootProtocol == .flat else {
            throw .misusedOption("--at", "\(guest) chooses its address itself; use --boot flat to choose it")
        }
    }
}
