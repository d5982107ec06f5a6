public import X86

/// The calls that an HVT guest makes. A call is a 32-bit write to port 0x500 + number. The value is the guest-physical
/// address of a structure that holds the arguments and takes the results (Solo5: include/hvt_abi.h).
public enum Hypercall: UInt16, CaseIterable, Hashable, Sendable {
    /// Gets the time.
    case walltime = 1
    /// Shows text on the console.
    case puts = 2
    /// Waits for packets.
    case poll = 3
    /// Writes to a block device.
    case blockWrite = 4
    /// Reads from a block device.
    case blockRead = 5
    /// Sends a packet.
    case netWrite = 6
    /// Receives a packet.
    case netRead = 7
    /// Ends the guest.
    case halt = 8

    /// The port that a call with number 0 would have; there is none.
    public static let basePort: UInt16 = 0x500

    /// The call that a port is for; nil if it is for none.
    public init?(_ port: Port) {
        guard port.rawValue >= Self.basePort else { return nil }
        self.init(rawValue: port.rawValue - Self.basePort)
    }

    /// The call's port.
    public var port: Port { Port(Self.basePort + rawValue) }

    /// The call's name in the ABI.
    public var name: String {
        switch self {
        case .walltime: "walltime"
        case .puts: "puts"
        case .poll: "poll"
        case .blockWrite: "block_write"
        case .blockRead: "block_read"
        case .netWrite: "net_write"
        case .netRead: "net_read"
        case .halt: "halt"
        }
    }

    /// The size of its structure in bytes, results included.
    public var structureSize: Int {
        switch self {
        case .walltime: 8
        case .puts: 16
        case .poll: 24
        case .blockWrite, .blockRead: 40
        case .netWrite, .netRead: 32
        case .halt: 16
        }
    }

    /// The size of the arguments in bytes. They come first in the structure.
    public var argumentSize: Int {
        switch self {
        case .walltime: 0
        case .puts: 16
        case .poll: 8
        case .blockWrite, .blockRead: 32
        case .netWrite, .netRead: 24
        case .halt: 12
        }
    }

    /// The offset of the results in the structure; nil for a call without results.
    public var resultOffset: Int? {
        switch self {
        case .walltime: 0
        case .poll: 8
        case .blockWrite: 32
        case .blockRead: 24
        case .netWrite: 24
        case .netRead: 16
        case .puts, .halt: nil
        }
    }
}
