import Machine
import Recorder
import SystemPackage

extension NetworkOptions {
    private static let largestCapture = 1 << 30

    /// A network interface whose link is open.
    struct Interface {
        /// The option that asked for it.
        let option: NetworkOption
        /// Its Ethernet address.
        let address: [UInt8]
        let link: any HostLink
    }

    /// Opens the links, in the order of the options.
    func open() throws(CommandFailure) -> [Interface] {
        var interfaces: [Interface] = []
        for option in net {
            let link = try Self.link(option)
            let address = netMac.last { $0.name == option.name }?.address ?? Self.randomAddress
            interfaces.append(Interface(option: option, address: address, link: link))
        }
        return interfaces
    }

    private static func link(_ option: NetworkOption) throws(CommandFailure) -> any HostLink {
        let value = option.value
        let words = option.assignment("--net", value)
        do {
            if let path = value.behind("unix:") { return try StreamLink(path: FilePath(argument: path)) }
            if let path = value.behind("pcap-in:") {
                let bytes = try FileSystem.read(FilePath(argument: path), what: "the capture", limit: largestCapture)
                return try CaptureLink(bytes)
            }
            if value == "user" { return try UserNetworkProcess.start() }
            if let number = value.behind("@") {
                guard let descriptor = Int32(number), descriptor >= 0 else {
                    throw CommandFailure(.usage, "\(words): @ needs the number of a file descriptor")
                }
                return try TapLink(descriptor: descriptor)
            }
            return try TapLink(interface: value)
        } catch let failure as CommandFailure {
            throw failure
        } catch let failure as LinkFailure {
            var status = ExitStatus.noInput
            if case .malformed = failure { status = .badData }
            throw CommandFailure(status, "\(words): \(failure)")
        } catch {
            throw CommandFailure(.noInput, "\(words): \(error)")
        }
    }

    /// A random address that is locally administered and for one station (IEEE 802, 8.4).
    private static var randomAddress: [UInt8] {
        var address = (0..<6).map { _ in UInt8.random(in: .min ... .max) }
        address[0] = address[0] & 0xFC | 0x02
        return address
    }
}

extension NetworkOptions.Interface {
    /// The device of a unikernel; nil for a PC's card.
    var attachment: UnikernelDevice? {
        option.name.map { UnikernelDevice(name: $0, kind: .network(address: address, mtu: link.mtu)) }
    }

    /// The options as a trace keeps them: what a link is, without the path of a file, and the address.
    var words: [String] {
        let kind = option.value.split(separator: ":").first.map(String.init) ?? ""
        let digits = address.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }
        return [option.assignment("--net", kind), option.assignment("--net-mac", digits.joined(separator: ":"))]
    }
}

extension String {
    /// What follows a prefix; nil if the string does not begin with it.
    fileprivate func behind(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
