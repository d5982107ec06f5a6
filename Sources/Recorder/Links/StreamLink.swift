public import Devices
internal import Glibc
internal import Synchronization
public import SystemPackage

/// A connected stream socket that carries packets, each behind its length in four bytes, most significant first: the form
/// of QEMU's `-netdev stream` and of passt.
public final class StreamLink: HostLink {
    fileprivate struct State {
        /// What has come and was not taken.
        var received: [UInt8] = []
        /// The peer has closed its end, or sends what is no packet.
        var isClosed = false
    }

    private let file: FileDescriptor
    /// The most bytes of a packet behind its header: the usual.
    public let mtu: UInt16 = 1500
    private let state = Mutex(State())

    private static let prefixSize = 4
    private static let largestPacket = 65536 + 64

    /// Takes a connected socket. It is closed with the link.
    public init(connected descriptor: Int32) throws(LinkFailure) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw .refused("the socket", Errno(rawValue: errno))
        }
        file = FileDescriptor(rawValue: descriptor)
    }

    /// Connects to a UNIX socket that somebody listens on.
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
        // SAFETY: the string is read up to its final zero, inside the closure.
        let bytes = unsafe path.withPlatformString {
            unsafe Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
        }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return -1
        }
        // SAFETY: there is room for as many bytes, as was checked, and a zero behind them.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        // SAFETY: the structure is lent for the length of the call, as the kind of address that its family says.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, size)
            }
        }
    }

    deinit { try? file.close() }

    /// What becomes readable when a packet comes; nil once none can come.
    public var descriptor: Int32? { state.withLock { $0.isClosed ? nil : file.rawValue } }

    /// A peer tells nothing beforehand.
    public var nextArrival: MachineTime? { nil }

    /// Whether a whole packet has come.
    public func hasPacket(at now: MachineTime) -> Bool {
        state.withLock { state in
            if state.packetSize == nil { fill(&state) }
            return state.packetSize != nil
        }
    }

    /// The next packet.
    public func receive(at now: MachineTime) -> [UInt8]? {
        state.withLock { state in
            if state.packetSize == nil { fill(&state) }
            guard let size = state.packetSize else { return nil }
            defer { state.received.removeFirst(Self.prefixSize + size) }
            return Array(state.received[Self.prefixSize..<Self.prefixSize + size])
        }
    }

    /// Sends a packet, waiting for room. One that the peer does not take any more is lost.
    public func send(_ packet: [UInt8]) {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: packet.count >> (24 - 8 * $0)) } + packet
        var done = 0
        while done < bytes.count {
            // SAFETY: the bytes are lent for the length of the call, which only reads those that were not sent.
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

    /// How long a peer that takes nothing holds the guest up before its packet counts as lost.
    private static let patienceMilliseconds: Int32 = 1000

    private func waitForRoom() -> Bool {
        var entry = pollfd(fd: file.rawValue, events: Int16(POLLOUT), revents: 0)
        // SAFETY: poll reads and fills the one entry that it is lent.
        return unsafe poll(&entry, 1, Self.patienceMilliseconds) != 0
    }

    /// Takes what has come, up to the end of the first packet or a little more.
    private func fill(_ state: inout State) {
        var block = [UInt8](repeating: 0, count: 1 << 14)
        while !state.isClosed, state.packetSize == nil {
            // SAFETY: read fills at most the block's own bytes.
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
    /// The length that the first packet is said to have.
    fileprivate var announcedSize: Int? {
        guard received.count >= 4 else { return nil }
        return received[..<4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The length of the first packet, if it is there whole.
    fileprivate var packetSize: Int? {
        guard let size = announcedSize, received.count - 4 >= size else { return nil }
        return size
    }
}
