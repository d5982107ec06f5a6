import Foundation
import Glibc
public import Recorder
public import SystemPackage

/// The other end of a guest's wire: a thread that sends packets, and waits for an answer to each.
public enum ScriptedPeer {
    /// A link to a new peer that sends these packets, each after the answer to the previous one, and then hangs up.
    public static func link(saying packets: [[UInt8]]) throws -> StreamLink {
        var ends: [Int32] = [-1, -1]
        // SAFETY: socketpair fills the two numbers that it is lent.
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw Errno(rawValue: errno)
        }
        let peer = ends[1]
        Thread.detachNewThread { talk(packets, to: peer) }
        return try StreamLink(connected: ends[0])
    }

    /// Listens at a path for one guest, to which it then talks like the peer of ``link(saying:)``.
    public static func listen(at path: FilePath, saying packets: [[UInt8]]) throws {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.string.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { throw Errno.fileNameTooLong }
        // SAFETY: there is room for this many bytes, as was checked, and for a zero after them. The structure is lent
        // for the length of the call, as the kind of address that its family says.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, Glibc.listen(listener, 1) == 0 else { throw Errno(rawValue: errno) }
        Thread.detachNewThread {
            let peer = accept(listener, nil, nil)
            close(listener)
            talk(packets, to: peer)
        }
    }

    private static func talk(_ packets: [[UInt8]], to peer: Int32) {
        for packet in packets {
            guard send(packet, to: peer), receive(from: peer) != nil else { break }
        }
        close(peer)
    }

    private static func send(_ packet: [UInt8], to peer: Int32) -> Bool {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: packet.count >> (24 - 8 * $0)) } + packet
        // SAFETY: the bytes are lent for the length of the call, which only reads them.
        let count = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        return count == bytes.count
    }

    private static func receive(from peer: Int32) -> [UInt8]? {
        guard let prefix = read(4, from: peer) else { return nil }
        return read(prefix.reduce(0) { $0 << 8 | Int($1) }, from: peer)
    }

    private static func read(_ count: Int, from peer: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        // SAFETY: recv fills at most the array's own bytes.
        let result = unsafe bytes.withUnsafeMutableBytes {
            unsafe recv(peer, $0.baseAddress, $0.count, Int32(MSG_WAITALL))
        }
        return result == count ? bytes : nil
    }
}
