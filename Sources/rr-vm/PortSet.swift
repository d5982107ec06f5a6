import ArgumentParser
import X86

/// The ports that `--port` names.
struct PortSet: ExpressibleByArgument {
    private let ports: Set<Port>

    init?(argument: String) {
        var ports: Set<Port> = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let isHexadecimal = word.lowercased().hasPrefix("0x")
            let digits = isHexadecimal ? word.dropFirst(2) : word
            guard let value = UInt16(digits, radix: isHexadecimal ? 16 : 10) else { return nil }
            ports.insert(Port(value))
        }
        self.ports = ports
    }

    /// Whether a port is among them; false if there is none.
    func contains(_ port: Port?) -> Bool { port.map(ports.contains) ?? false }
}
