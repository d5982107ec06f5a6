import Foundation
import Glibc
import SystemPackage

/// A server on the host's loopback interface that answers every request with the same page.
public final class PageServer: Sendable {
    private let listener: Int32
    /// The port at 127.0.0.1.
    public let port: UInt16

    /// Serves a page until the object is gone.
    public init(page: String) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: the structure is lent for the length of each call, as the kind of address that its family says.
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, size) == 0 && Glibc.listen(listener, 4) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        guard result else { throw Errno(rawValue: errno) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        let answer = "HTTP/1.0 200 OK\r\nContent-Length: \(page.utf8.count)\r\n\r\n\(page)"
        Thread.detachNewThread { Self.serve(Array(answer.utf8), on: listener) }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ answer: [UInt8], on listener: Int32) {
        while true {
            let peer = accept(listener, nil, nil)
            guard peer >= 0 else { break }
            var request = [UInt8](repeating: 0, count: 4096)
            // SAFETY: recv fills at most the array's own bytes, and send only reads those of the answer.
            _ = unsafe request.withUnsafeMutableBytes { unsafe recv(peer, $0.baseAddress, $0.count, 0) }
            _ = unsafe answer.withUnsafeBytes { unsafe send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            close(peer)
        }
        close(listener)
    }
}
