internal import Glibc

/// A connection to a client.
public protocol DebugChannel {
    /// Bytes that the client has sent; none if there are none yet, nil if the client is gone.
    ///
    /// - Parameter waits: whether to wait for at least one byte.
    mutating func receive(waits: Bool) -> [UInt8]?

    /// Sends bytes; false if the client is gone.
    mutating func send(_ bytes: [UInt8]) -> Bool
}

/// A connection by open file descriptors, which may be one socket or the two ends of pipes.
public struct DescriptorChannel: DebugChannel {
    private let input: CInt
    private let output: CInt

    /// Takes descriptors that stay open as long as the channel is used.
    public init(input: CInt, output: CInt) { (self.input, self.output) = (input, output) }

    /// See ``DebugChannel/receive(waits:)``.
    public mutating func receive(waits: Bool) -> [UInt8]? {
        var entry = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        // SAFETY: the call reads and writes the one structure that it is given.
        let ready = unsafe poll(&entry, 1, waits ? -1 : 0)
        if ready == 0 || ready < 0 && errno == EINTR { return [] }
        guard ready > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        // SAFETY: the call writes at most as many bytes as the array has.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(input, $0.baseAddress, $0.count) }
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    /// See ``DebugChannel/send(_:)``.
    public mutating func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            // SAFETY: the call reads the bytes from `sent` on, all of which are in the array.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(output, $0.baseAddress! + sent, $0.count - sent)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
