/// How a guest is run from the command line.
extension Guest {
    /// A file that a guest is run with, by its name.
    public struct File: Sendable, Hashable {
        /// The name, in the directory that the guest is run in.
        public let name: String
        /// The content.
        public let bytes: [UInt8]

        /// A file of its parts.
        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    private var imageName: String { "\(name).bin" }
    private var diskName: String { "\(name).disk" }
    private var initialRAMDiskName: String { "\(name).initrd" }
    private var moduleName: String { "\(name).module" }
    private var scriptName: String { "\(name).script" }
    private var captureName: String { "\(name).pcap" }

    /// Its image, and the other files that it is run with.
    public var files: [File] {
        var files = [File(name: imageName, bytes: image)]
        if let diskBytes { files.append(File(name: diskName, bytes: diskBytes)) }
        if let initialRAMDisk { files.append(File(name: initialRAMDiskName, bytes: Array(initialRAMDisk.utf8))) }
        if let module { files.append(File(name: moduleName, bytes: Array(module.content.utf8))) }
        if let inputScript { files.append(File(name: scriptName, bytes: Array(inputScript.utf8))) }
        if let packets { files.append(File(name: captureName, bytes: Capture.bytes(of: packets))) }
        if let unikernel {
            if unikernel.blockDevice != nil { files.append(File(name: diskName, bytes: unikernel.blockDeviceContent)) }
            if unikernel.interface != nil {
                files.append(File(name: captureName, bytes: Capture.bytes(of: unikernel.packets)))
            }
        }
        return files
    }

    /// The arguments of `rr-vm record` and `run`, in the directory of its ``files``.
    public var arguments: [String] {
        var arguments =
            switch boot {
            case .flat: [imageName, "--flat", "--at", "\(loadAddress)"]
            case .flatProtected: [imageName, "--flat", "--mode", "protected"]
            case .flatLong: [imageName, "--flat", "--mode", "long"]
            case .saysHow: [imageName]
            case .sector: [imageName, "--boot", "sector"]
            case .behindFirmware: ["--drive", diskName]
            }
        if let append { arguments += ["--append", append] }
        if initialRAMDisk != nil { arguments += ["--initrd", initialRAMDiskName] }
        if let module { arguments += ["--module", "\(moduleName) \(module.arguments)"] }
        if let drive { arguments += ["--drive", "\(diskName),if=\(drive.rawValue)"] }
        if packets != nil { arguments += ["--net", "pcap-in:\(captureName)"] }
        if input != nil { arguments += ["--input-script", scriptName] }
        if screen != nil { arguments.append("--screen") }
        if let unikernel { arguments += self.arguments(of: unikernel) }
        return arguments
    }

    /// Its devices, followed by its own arguments, which must come last.
    private func arguments(of unikernel: Unikernel) -> [String] {
        let block = unikernel.blockDevice.map { ["--block:\($0)=\(diskName)"] } ?? []
        let net = unikernel.interface.map { ["--net:\($0)=pcap-in:\(captureName)"] } ?? []
        let own = unikernel.arguments.split(separator: " ").map(String.init)
        return block + net + (own.isEmpty ? [] : ["--"] + own)
    }

    /// The bytes of its disk, if it has one. For a boot sector that firmware reads: the sector and a MiB of zeros.
    public var diskBytes: [UInt8]? {
        if boot == .behindFirmware { return image + [UInt8](repeating: 0, count: 1 << 20) }
        return drive == nil ? nil : Self.disk
    }

    /// The script that types its input, if it waits for any: see `--input-script`.
    public var inputScript: String? {
        input.map { "expect \(prompt ?? "")\nsend \($0.replacing("\n", with: "\\n"))\n" }
    }
}
