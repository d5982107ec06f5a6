/// A device of a unikernel, as its manifest names it and as it is told of it.
public struct UnikernelDevice: Hashable, Sendable {
    /// What kind of device it is, and what the guest is told.
    public enum Kind: Hashable, Sendable {
        /// Storage of so many bytes, in blocks of so many: a power of two from 512 on.
        case block(capacity: UInt64, blockSize: UInt16)
        /// A network interface: six bytes of address, and the most bytes of a packet behind its 14 of header.
        case network(address: [UInt8], mtu: UInt16)

        /// As people name it.
        var word: String {
            switch self {
            case .block: "block device"
            case .network: "network interface"
            }
        }
    }

    /// The name in the manifest: 1 to 67 letters and digits.
    public var name: String
    /// What it is.
    public var kind: Kind

    /// Makes a device of its parts.
    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}
