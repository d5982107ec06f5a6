internal import CHostIO
public import Devices
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A tap interface of the host, or an already open descriptor of one.
public final class TapLink: HostLink {
    private let file: FileDescriptor
    /// The maximum packet size without the header, in bytes.
    public let mtu: UInt16
    /// The oldest packet that was not yet taken.
    private let waiting = Mutex<[UInt8]?>(nil)
    /// Whether the interface has been removed.
    private let isRemoved = Atomic(false)

    /// The largest packet that an interface can have.
    private static let largestPacket = 65536 + 64

    /// Attaches to an existing interface that is up.
    public init(interface name: String) throws(LinkFailure) {
        // SAFETY: the name is lent as a C string only for each call.
        let mtu = unsafe chostio_mtu(name)
        guard mtu >= 0 else { throw .refused("the interface '\(name)'", Errno(rawValue: -mtu)) }
        do {
            file = try FileDescriptor.open(FilePath("/dev/net/tun"), .readWrite, options: [.closeOnExec, .nonBlocking])
        } catch {
            throw .refused("/dev/net/tun", error as? Errno ?? .ioError)
        }
        // SAFETY: as above.
        let result = unsafe chostio_attach(file.rawValue, name)
        guard result == 0 else {
            try? file.close()
            throw .refused("the interface '\(name)'", Errno(rawValue: result))
        }
        self.mtu = UInt16(clamping: mtu)
    }

    /// Takes ownership of an open descriptor, as `@N` names it, and closes it with the link.
    public init(descriptor: Int32) throws(LinkFailure) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw .refused("descriptor \(descriptor)", Errno(rawValue: errno))
        }
        file = FileDescriptor(rawValue: descriptor)
        mtu = 1500
    }

    deinit { try? file.close() }

    /// The descriptor that becomes readable when a packet arrives, or nil once no more can arrive.
    public var descriptor: Int32? { isClosed ? nil : file.rawValue }

    /// Whether the host's interface has been removed.
    public var isClosed: Bool { isRemoved.load(ordering: .relaxed) }

    /// Always nil, because a tap interface does not announce its packets.
    public var nextArrival: MachineTime? { nil }

    /// Whether a packet has arrived.
    public func hasPacket(at now: MachineTime) -> Bool {
        waiting.withLock { waiting in
            if waiting == nil { waiting = readPacket() }
            return waiting != nil
        }
    }

    /// Takes the next packet.
    public func receive(at now: MachineTime) -> [UInt8]? {
        waiting.withLock { $0.take() } ?? readPacket()
    }

    /// Sends a packet. If the interface has no room, the packet is lost.
    public func send(_ packet: [UInt8]) {
        // SAFETY: the bytes are lent only for the call, which only reads them.
        _ = unsafe packet.withUnsafeBytes { unsafe Glibc.write(file.rawValue, $0.baseAddress, $0.count) }
    }

    private func readPacket() -> [UInt8]? {
        var packet = [UInt8](repeating: 0, count: Self.largestPacket)
        // SAFETY: the call to read stays within the array.
        let count = unsafe packet.withUnsafeMutableBytes { unsafe Glibc.read(file.rawValue, $0.baseAddress, $0.count) }
        if count > 0 { return Array(packet[..<count]) }
        // Without a packet, the interface says EAGAIN. It says EIO while it is down, and may come up again.
        if count == 0 || ![EAGAIN, EINTR, EIO].contains(errno) { isRemoved.store(true, ordering: .relaxed) }
        return nil
    }
}
