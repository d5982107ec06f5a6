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
            "A network interface of a unikernel: --net:NAME=TAP, @FD, unix:PATH or pcap-in:FILE; may be given more than once.",
            discussion: """
                TAP is an interface of the host that is up. unix: connects to a stream socket that has each packet after \
                its length in four bytes, as QEMU and passt do. pcap-in: takes packets from a capture file.
                """,
            valueName: "name=where"
        )
    )
    var net: [NamedValue] = []

    @Option(
        help: ArgumentHelp(
            "The address of that interface: --net-mac:NAME=xx:xx:xx:xx:xx:xx. Default: a random one.",
            valueName: "name=address"
        )
    )
    var netMac: [NamedValue] = []

    @Option(
        help: ArgumentHelp(
            "Write a core file into this directory when a unikernel aborts or faults.",
            valueName: "directory"
        )
    )
    var dumpcore: FilePath?

    func validate() throws {
        let pairs = [("--block-sector-size", blockSectorSize, "--block", block), ("--net-mac", netMac, "--net", net)]
        for (option, values, device, devices) in pairs {
            for value in values where !devices.contains(where: { $0.name == value.name }) {
                throw ValidationError("\(option):\(value.name) needs \(device):\(value.name)")
            }
        }
        for value in blockSectorSize where value.blockSize == nil {
            throw ValidationError("\(value.value) is not a block size: give a power of two from 512 to 32768")
        }
        for value in netMac where value.address == nil {
            throw ValidationError("\(value.value) is not an address: give six numbers such as 02:00:00:00:00:01")
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

    /// The value as an interface's address.
    var address: [UInt8]? {
        let bytes = value.split(separator: ":", omittingEmptySubsequences: false).map { digits in
            digits.utf8.count == 2 ? UInt8(digits, radix: 16) : nil
        }
        guard bytes.count == 6 else { return nil }
        let known = bytes.compactMap(\.self)
        return known.count == 6 ? known : nil
    }
}
