import ArgumentParser
import Recorder

/// The options for a guest's network interfaces. A PC has one, without a name; a unikernel names its own.
struct NetworkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A network: user, TAP, @FD, unix:PATH or pcap-in:FILE; for a unikernel, --net:NAME=TAP and so on, for each interface.",
            discussion: """
                user needs no rights: the guest gets an address by DHCP, connects through this host, and finds it at 10.0.2.2. \
                TAP is an interface of the host that is up. unix: connects to a stream socket that has each packet after \
                its length in four bytes, as QEMU and passt do. pcap-in: takes packets from a capture file.
                """,
            valueName: "where"
        )
    )
    var net: [NetworkOption] = []

    @Option(
        help: ArgumentHelp(
            "The address of the network card: xx:xx:xx:xx:xx:xx; for a unikernel, --net-mac:NAME=ADDRESS. Default: a random one.",
            valueName: "address"
        )
    )
    var netMac: [NetworkOption] = []

    func validate() throws {
        for value in netMac where !net.contains(where: { $0.name == value.name }) {
            throw ValidationError("\(value.option("--net-mac")) needs \(value.option("--net"))")
        }
        for value in netMac where value.address == nil {
            throw ValidationError("\(value.value) is not an address: give six numbers such as 02:00:00:00:00:01")
        }
        if net.count(where: { $0.name == nil }) > 1 {
            throw ValidationError("--net was given more than once: a PC has one network card")
        }
    }
}

/// What `--net` or `--net-mac` says, `NAME=VALUE` for a unikernel's interface and `VALUE` for a PC's card.
struct NetworkOption: ExpressibleByArgument {
    let name: String?
    let value: String

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        // Solo5's names have letters and digits only. What comes before an = in a path has a colon.
        guard parts.count == 2, parts[0].utf8.allSatisfy({ $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "@") }) else {
            (name, value) = (nil, argument)
            return
        }
        guard !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        (name, value) = (String(parts[0]), String(parts[1]))
    }

    /// The option as a user writes it, without its value.
    func option(_ option: String) -> String { name.map { "\(option):\($0)" } ?? option }

    /// The option as a user writes it.
    func assignment(_ option: String, _ value: String) -> String {
        self.option(option) + (name == nil ? " " : "=") + value
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
