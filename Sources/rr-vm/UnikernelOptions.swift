import ArgumentParser
import Machine
import SystemPackage

/// The options for a unikernel's devices, as Solo5's own tender has them.
struct UnikernelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A block device of a unikernel: --block:NAME=FILE[,write]; may be given more than once.",
            discussion: "What the guest writes is kept in memory and lost at the end, unless ',write' is given.",
            valueName: "name=file"
        )
    )
    var block: [NamedValue] = []

    @Option(
        help: ArgumentHelp(
            "Bytes in a block of that device: --block-sector-size:NAME=SIZE, a power of two from 512 to 32768.",
            valueName: "name=size"
        )
    )
    var blockSectorSize: [NamedValue] = []

    @Option(
        help: ArgumentHelp(
            "Write a core file into this directory when a unikernel aborts or faults.",
            valueName: "directory"
        )
    )
    var dumpcore: FilePath?

    func validate() throws {
        for value in blockSectorSize where !block.contains(where: { $0.name == value.name }) {
            throw ValidationError("--block-sector-size:\(value.name) needs --block:\(value.name)")
        }
        for value in blockSectorSize where value.blockSize == nil {
            throw ValidationError("\(value.value) is not a block size: give a power of two from 512 to 32768")
        }
    }
}

/// `NAME=VALUE`.
struct NamedValue: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        (name, value) = (String(parts[0]), String(parts[1]))
    }

    /// The value as the size of a block.
    var blockSize: UInt16? {
        guard let size = UInt16(value), size >= 512, size & (size - 1) == 0 else { return nil }
        return size
    }
}
