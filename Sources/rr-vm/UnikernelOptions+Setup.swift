import Machine
import Recorder
import SystemPackage

extension UnikernelOptions {
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

    /// The options as a trace keeps them, without the files' paths.
    var words: [String] {
        block.map { "--block:\($0.name)=\(FileSystem.name(of: FilePath(argument: $0.value)))" }
            + blockSectorSize.map { "--block-sector-size:\($0.name)=\($0.value)" }
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
}
