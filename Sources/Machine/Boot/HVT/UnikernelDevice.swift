/// A device of a unikernel, as its manifest names it and the guest sees it.
public struct UnikernelDevice: Hashable, Sendable {
    /// The kind of device, and what the guest is told about it.
    public enum Kind: Hashable, Sendable {
        /// Storage: its size in bytes, and the size of its blocks, a power of two from 512 on.
        case block(capacity: UInt64, blockSize: UInt16)
        /// A network interface: its address of six bytes, and the most bytes of a packet after its 14-byte header.
        case network(address: [UInt8], mtu: UInt16)

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
