public import Devices
internal import Glibc
internal import Synchronization
public import SystemPackage

/// A connected stream socket that carries packets. Each packet follows its length, which is four bytes with the most
/// significant byte first. QEMU's `-netdev stream` and passt use the same format.
public final class StreamLink: HostLink {
    private struct State {
        var channel: PacketChannel
        /// Whether the peer has taken no data for so long that nobody waits for it any more.
        var isStalled = false
    }

    private let socket: Int32
    private let state: Mutex<State>
    /// The usual maximum packet size without the header, in bytes.
    public let mtu: UInt16 = 1500

    /// Takes ownership of a connected socket and closes it with the link.
    public init(connected descriptor: Int32) throws(LinkFailure) {
        let channel = try PacketChannel(descriptor)
        socket = channel.descriptor
        state = Mutex(State(channel: channel))
    }

    /// Connects to a listening UNIX socket.
    public convenience init(path: FilePath) throws(LinkFailure) {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .refused("a socket", Errno(rawValue: errno)) }
        guard Self.connect(descriptor, to: path) == 0 else {
            let reason = Errno(rawValue: errno)
            Glibc.close(descriptor)
            throw .refused("cannot connect to \(path)", reason)
        }
        try self.init(connected: descriptor)
    }

    private static func connect(_ descriptor: Int32, to path: FilePath) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the string is read only inside the closure, up to its final zero.
        let bytes = unsafe path.withPlatformString {
            unsafe Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
        }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return -1
        }
        // SAFETY: the check above makes sure that the bytes and a final zero fit.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        // SAFETY: the structure is lent only for the call, and it has the type that its address family names.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, size)
            }
        }
    }

    deinit { state.withLock { $0.channel.close() } }

    /// The descriptor that becomes readable when a packet arrives, or nil once no more can arrive.
    public var descriptor: Int32? { isClosed ? nil : socket }

    /// Whether the peer has hung up, or has sent something that is no packet.
    public var isClosed: Bool { state.withLock { $0.channel.isClosed } }

    /// Always nil, because a peer does not announce its packets.
    public var nextArrival: MachineTime? { nil }

    /// Whether a whole packet has arrived.
    public func hasPacket(at now: MachineTime) -> Bool { state.withLock { $0.channel.hasPacket() } }

    /// Takes the next packet.
    public func receive(at now: MachineTime) -> [UInt8]? { state.withLock { $0.channel.receive() } }

    /// Sends a packet, and waits a second for a peer that takes no data. If it takes none even then, the packets
    /// after it are lost until it does. The first of them is kept, because the peer may have a part of it already.
    public func send(_ packet: [UInt8]) {
        state.withLock { state in
            state.channel.flush()
            guard state.channel.unsentCount == 0 else { return }
            state.channel.send(packet)
            while state.channel.unsentCount > 0, !state.isStalled {
                if waitForRoom() { state.channel.flush() } else { state.isStalled = true }
            }
            if state.channel.unsentCount == 0 { state.isStalled = false }
        }
    }

    /// How long the guest waits for a peer that takes no data before packets are lost.
    private static let patienceMilliseconds: Int32 = 1000

    private func waitForRoom() -> Bool {
        var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        // SAFETY: poll reads and fills only the one entry that it is lent.
        return unsafe poll(&entry, 1, Self.patienceMilliseconds) != 0
    }
}
