import Machine
import Platform
import SystemPackage

extension BootArguments {
    private static let largestImage = 1 << 30

    /// The protocol that the user chose; nil to detect it from the guest's file.
    var bootProtocol: BootProtocol? { flat ? .flat : bios ? .firmware : boot }

    /// Reads what a guest is started with.
    ///
    /// - Parameters:
    ///   - path: the guest's file, whose content is `bytes`.
    ///   - bootProtocol: how to boot it; nil to detect this from the file.
    func image(
        _ path: FilePath,
        _ bytes: [UInt8],
        _ bootProtocol: BootProtocol?,
        _ arguments: [String],
        _ attachments: [UnikernelDevice]
    ) throws(CommandFailure) -> GuestImage {
        var options = BootOptions()
        options.name = FileSystem.name(of: path)
        options.commandLine = append
        options.mode = mode
        options.address = at?.rawValue
        if let initrd { options.initialRAMDisk = try Self.read(initrd, "the initial RAM disk") }
        for word in module {
            let parts = word.split(separator: " ", maxSplits: 1)
            guard let path = parts.first.map({ FilePath(argument: String($0)) }) else {
                throw CommandFailure(.usage, "--module needs a file")
            }
            options.modules.append(
                BootModule(
                    name: FileSystem.name(of: path),
                    arguments: parts.count > 1 ? String(parts[1]) : "",
                    bytes: try Self.read(path, "the module")
                )
            )
        }
        options.attachments = attachments
        do {
            let bootProtocol = if let bootProtocol { bootProtocol } else { try BootProtocol.detect(bytes) }
            if bootProtocol == .hvt {
                guard append.isEmpty else {
                    throw CommandFailure(.usage, "--append does not apply to a unikernel: put its arguments after '--'")
                }
                options.commandLine = arguments.joined(separator: " ")
            } else if !arguments.isEmpty {
                throw CommandFailure(.usage, "only a unikernel takes arguments after '--', and this guest is not one")
            }
            return try GuestImage(bytes: bytes, bootProtocol: bootProtocol, options: options)
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as MachineError {
            throw CommandFailure(error)
        } catch {
            throw CommandFailure(.software, "\(error)")
        }
    }

    /// The options that a trace has no fields for. Files are named without their directories.
    func words(_ image: GuestImage) -> [String] {
        var words: [String] = []
        if image.bootProtocol == .flat { words.append("--mode \(mode.rawValue)") }
        if let at { words.append("--at 0x\(String(at.rawValue, radix: 16))") }
        if let initrd { words.append("--initrd \(FileSystem.name(of: initrd))") }
        if !append.isEmpty { words.append("--append \(append)") }
        if image.bootProtocol == .hvt, !image.options.commandLine.isEmpty {
            words.append("-- \(image.options.commandLine)")
        }
        for module in image.options.modules { words.append("--module \(module.name) \(module.arguments)") }
        return words
    }

    private static func read(_ path: FilePath, _ what: String) throws(CommandFailure) -> [UInt8] {
        try FileSystem.read(path, what: what, limit: largestImage)
    }
}
