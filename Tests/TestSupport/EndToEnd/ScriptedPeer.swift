import Foundation
import Glibc
public import Recorder
import SystemPackage

/// What is at the other end of a guest's wire: a thread that sends packets, and waits for an answer to each.
public enum ScriptedPeer {
    /// A link to a new peer that sends these packets, one behind the answer to the other, and then hangs up.
    public static func link(saying packets: [[UInt8]]) throws -> StreamLink {
        var ends: [Int32] = [-1, -1]
        // SAFETY: socketpair fills the two numbers that it is lent.
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw Errno(rawValue: errno)
        }
        let peer = ends[1]
        Thread.detachNewThread {
            for packet in packets {
                guard send(packet, to: peer), receive(from: peer) != nil else { break }
            }
            close(peer)
        }
        return try StreamLink(connected: ends[0])
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
