public import Devices
internal import Glibc
internal import Synchronization
public import SystemPackage

/// A connected stream socket that carries packets. Each packet follows its length, which is four bytes with the most
/// significant byte first. QEMU's `-netdev stream` and passt use the same format.
public final class StreamLink: HostLink {
    fileprivate struct State {
        /// Bytes that were received and not yet taken.
        var received: [UInt8] = []
        /// Whether the peer has closed its end or sent something that is not a packet.
        var isClosed = false
    }

    private let file: FileDescriptor
    /// The usual maximum packet size without the header, in bytes.
    public let mtu: UInt16 = 1500
    private let state = Mutex(State())

    private static let prefixSize = 4
    private static let largestPacket = 65536 + 64

    /// Takes ownership of a connected socket and closes it with the link.
    public init(connected descriptor: Int32) throws(LinkFailure) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw .refused("the socket", Errno(rawValue: errno))
        }
        file = FileDescriptor(rawValue: descriptor)
    }

    /// Connects to a listening UNIX socket.
    public convenience init(path: FilePath) throws(LinkFailure) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .refused("a socket", Errno(rawValue: errno)) }
        guard Self.connect(descriptor, to: path) == 0 else {
            let reason = Errno(rawValue: errno)
            close(descriptor)
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

    deinit { try? file.close() }

    /// The descriptor that becomes readable when a packet arrives, or nil once no more can arrive.
    public var descriptor: Int32? { state.withLock { $0.isClosed ? nil : file.rawValue } }

    /// Always nil, because a peer does not announce its packets.
    public var nextArrival: MachineTime? { nil }

    /// Whether a whole packet has arrived.
    public func hasPacket(at now: MachineTime) -> Bool {
        state.withLock { state in
            if state.packetSize == nil { fill(&state) }
            return state.packetSize != nil
        }
    }

    /// Takes the next packet.
    public func receive(at now: MachineTime) -> [UInt8]? {
        state.withLock { state in
            if state.packetSize == nil { fill(&state) }
            guard let size = state.packetSize else { return nil }
            defer { state.received.removeFirst(Self.prefixSize + size) }
            return Array(state.received[Self.prefixSize..<Self.prefixSize + size])
        }
    }

    /// Sends a packet, and waits for room. If the peer takes no more data, the packet is lost.
    public func send(_ packet: [UInt8]) {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: packet.count >> (24 - 8 * $0)) } + packet
        var done = 0
        while done < bytes.count {
            // SAFETY: the bytes are lent only for the call, which only reads the unsent ones.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    file.rawValue,
                    buffer.baseAddress.map { unsafe $0 + done },
                    buffer.count - done,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count > 0 {
                done += count
            } else if count < 0, errno == EAGAIN {
                guard waitForRoom() else { return }
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }

    /// How long the guest waits for a peer that takes no data before the packet counts as lost.
    private static let patienceMilliseconds: Int32 = 1000

    private func waitForRoom() -> Bool {
        var entry = pollfd(fd: file.rawValue, events: Int16(POLLOUT), revents: 0)
        // SAFETY: poll reads and fills only the one entry that it is lent.
        return unsafe poll(&entry, 1, Self.patienceMilliseconds) != 0
    }

    /// Receives data until the first packet is complete, or slightly more.
    private func fill(_ state: inout State) {
        var block = [UInt8](repeating: 0, count: 1 << 14)
        while !state.isClosed, state.packetSize == nil {
            // SAFETY: the call to read stays within the block.
            let count = unsafe block.withUnsafeMutableBytes {
                unsafe Glibc.read(file.rawValue, $0.baseAddress, $0.count)
            }
            if count > 0 {
                state.received += block[..<count]
                if let announced = state.announcedSize, announced > Self.largestPacket { state.isClosed = true }
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                state.isClosed = true
            } else if errno == EAGAIN {
                return
            }
        }
    }
}

extension StreamLink.State {
    /// The announced length of the first packet.
    fileprivate var announcedSize: Int? {
        guard received.count >= 4 else { return nil }
        return received[..<4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The length of the first packet if it has arrived completely.
    fileprivate var packetSize: Int? {
        guard let size = announcedSize, received.count - 4 >= size else { return nil }
        return size
    }
}
