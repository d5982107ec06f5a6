import Machine
import Recorder
import SystemPackage

extension UnikernelOptions {
    private static let largestCapture = 1 << 30
    private static let usualBlockSize: UInt16 = 512

    /// Opens the devices. Returns what the guest is told about them, and what is behind them.
    func open() throws(CommandFailure) -> (attachments: [UnikernelDevice], setup: UnikernelSetup) {
        var attachments: [UnikernelDevice] = []
        var setup = UnikernelSetup()
        for option in block {
            let size = blockSectorSize.last { $0.name == option.name }?.blockSize ?? Self.usualBlockSize
            let (disk, capacity) = try Self.disk(option, blockSize: UInt64(size))
            attachments.append(UnikernelDevice(name: option.name, kind: .block(capacity: capacity, blockSize: size)))
            setup.disks[option.name] = disk
        }
        for option in net {
            let link = try Self.link(option)
            let address = netMac.last { $0.name == option.name }?.address ?? Self.randomAddress
            attachments.append(UnikernelDevice(name: option.name, kind: .network(address: address, mtu: link.mtu)))
            setup.links[option.name] = link
        }
        if let dumpcore {
            guard FileSystem.isDirectory(dumpcore) else {
                throw CommandFailure(.noInput, "--dumpcore: \(dumpcore) is not a directory")
            }
            setup.coreDirectory = dumpcore
        }
        return (attachments, setup)
    }

    /// A file in the directory for cores, if there is one.
    var coreFiles: [FilePath] { dumpcore.map { [$0.appending("core")] } ?? [] }

    /// Whether no device and no directory was given.
    var isEmpty: Bool { block.isEmpty && net.isEmpty && dumpcore == nil }

    /// The options as a trace keeps them, without the files' paths.
    var words: [String] {
        block.map { "--block:\($0.name)=\(FileSystem.name(of: FilePath(argument: $0.value)))" }
            + blockSectorSize.map { "--block-sector-size:\($0.name)=\($0.value)" }
            + net.map { "--net:\($0.name)=\($0.value.split(separator: ":").first ?? "")" }
            + netMac.map { "--net-mac:\($0.name)=\($0.value)" }
    }

    private static func disk(
        _ option: NamedValue,
        blockSize: UInt64
    ) throws(CommandFailure) -> (Disk, capacity: UInt64) {
        let suffix = ",write"
        let isWritable = option.value.hasSuffix(suffix)
        let path = FilePath(argument: isWritable ? String(option.value.dropLast(suffix.utf8.count)) : option.value)
        let image: FileImage
        do {
            image = try FileImage(path, forWriting: isWritable)
        } catch {
            var status = ExitStatus.badData
            if error.isOfFile { status = .noInput }
            throw CommandFailure(status, "cannot use \(path) as block device '\(option.name)': \(error)")
        }
        let capacity = image.sectorCount * 512
        guard capacity % blockSize == 0 else {
            throw CommandFailure(
                .badData,
                "cannot use \(path) as block device '\(option.name)': its \(capacity) bytes are not a multiple of \(blockSize)"
            )
        }
        return (Disk(image, writesImage: isWritable), capacity)
    }

    private static func link(_ option: NamedValue) throws(CommandFailure) -> any HostLink {
        let value = option.value
        do {
            if let path = value.behind("unix:") { return try StreamLink(path: FilePath(argument: path)) }
            if let path = value.behind("pcap-in:") {
                let bytes = try FileSystem.read(FilePath(argument: path), what: "the capture", limit: largestCapture)
                return try CaptureLink(bytes)
            }
            if let number = value.behind("@") {
                guard let descriptor = Int32(number), descriptor >= 0 else {
                    throw CommandFailure(
                        .usage,
                        "--net:\(option.name)=\(value): @ needs the number of a file descriptor"
                    )
                }
                return try TapLink(descriptor: descriptor)
            }
            return try TapLink(interface: value)
        } catch let failure as CommandFailure {
            throw failure
        } catch let failure as LinkFailure {
            var status = ExitStatus.noInput
            if case .malformed = failure { status = .badData }
            throw CommandFailure(status, "--net:\(option.name)=\(value): \(failure)")
        } catch {
            throw CommandFailure(.noInput, "--net:\(option.name)=\(value): \(error)")
        }
    }

    /// A random address that is locally administered and for one station (IEEE 802, 8.4).
    private static var randomAddress: [UInt8] {
        var address = (0..<6).map { _ in UInt8.random(in: .min ... .max) }
        address[0] = address[0] & 0xFC | 0x02
        return address
    }
}

extension String {
    /// What follows a prefix; nil if the string does not begin with it.
    fileprivate func behind(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
