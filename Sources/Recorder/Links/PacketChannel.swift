internal import Glibc
internal import SystemPackage

/// A connected stream socket that carries packets. Each packet follows its length, which is four bytes with the most
/// significant byte first.
struct PacketChannel {
    /// The connected socket.
    let descriptor: Int32
    private var received: [UInt8] = []
    private var unsent: [UInt8] = []
    /// Whether the peer has closed its end, or has sent something that is no packet.
    private(set) var isClosed = false

    private static let prefixSize = 4
    private static let largestPacket = 65536 + 64

    /// Takes ownership of a connected stream socket. ``close()`` closes it.
    init(_ descriptor: Int32) throws(LinkFailure) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw .refused("the socket", Errno(rawValue: errno))
        }
        self.descriptor = descriptor
    }

    /// Closes the socket.
    func close() { _ = Glibc.close(descriptor) }

    /// How many bytes wait until the peer takes them.
    var unsentCount: Int { unsent.count }

    /// Sends a packet as far as the peer takes it now. The rest waits.
    mutating func send(_ packet: [UInt8]) {
        unsent += (0..<4).map { UInt8(truncatingIfNeeded: packet.count >> (24 - 8 * $0)) } + packet
        flush()
    }

    /// Sends what waits, as far as the peer takes it now. If the peer has hung up, it is lost.
    mutating func flush() {
        var done = 0
        while done < unsent.count {
            // SAFETY: the bytes are lent only for the call, which only reads the unsent ones.
            let count = unsafe unsent.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    buffer.count - done,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count > 0 {
                done += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                done = unsent.count
            }
        }
        unsent.removeFirst(done)
    }

    /// Whether a whole packet has come.
    mutating func hasPacket() -> Bool {
        while packetSize == nil, fill() {}
        return packetSize != nil
    }

    /// The next packet that has come; nil if none is whole.
    mutating func receive() -> [UInt8]? {
        guard hasPacket(), let size = packetSize else { return nil }
        defer { received.removeFirst(Self.prefixSize + size) }
        return Array(received[Self.prefixSize..<Self.prefixSize + size])
    }

    /// The announced length of the first packet.
    private var announcedSize: Int? {
        guard received.count >= Self.prefixSize else { return nil }
        return received[..<Self.prefixSize].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The length of the first packet if it has come completely.
    private var packetSize: Int? {
        guard let size = announcedSize, received.count - Self.prefixSize >= size else { return nil }
        return size
    }

    /// Reads more; false if there is no more now.
    private mutating func fill() -> Bool {
        guard !isClosed else { return false }
        var block = [UInt8](repeating: 0, count: 1 << 14)
        // SAFETY: the call to read stays within the block.
        let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            received += block[..<count]
            if let size = announcedSize, size > Self.largestPacket { isClosed = true }
            return !isClosed
        }
        if count < 0, errno == EINTR { return true }
        if count == 0 || errno != EAGAIN { isClosed = true }
        return false
    }
}
