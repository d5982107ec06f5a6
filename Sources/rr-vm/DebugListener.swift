import GDBStub
import Glibc
import SystemPackage
import TraceFormat

/// A socket at which a debugger's client can connect.
struct DebugListener {
    /// Where it waits.
    enum Place {
        /// At a port of 127.0.0.1.
        case port(UInt16)
        /// At a Unix socket.
        case file(FilePath)
    }

    private let place: Place
    private let descriptor: CInt

    /// Begins to listen, and says where.
    init(_ place: Place) throws(CommandFailure) {
        self.place = place
        switch place {
        case .port(let port): descriptor = try Self.listen(atPort: port)
        case .file(let path): descriptor = try Self.listen(at: path)
        }
    }

    private static func listen(atPort port: UInt16) throws(CommandFailure) -> CInt {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var on: CInt = 1
        // SAFETY: the call reads the number, whose size is given.
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try bind(descriptor, &address, MemoryLayout<sockaddr_in>.size, to: "port \(port)")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: a sockaddr_in is a sockaddr of the size that is given; the call fills it.
        unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe getsockname(descriptor, $0, &size)
            }
        }
        let taken = UInt16(bigEndian: address.sin_port)
        StandardError.write("rr-vm: waiting for a debugger: target extended-remote localhost:\(taken)")
        return descriptor
    }

    private static func listen(at path: FilePath) throws(CommandFailure) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.string.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard name.count <= room else {
            throw CommandFailure(.usage, "the name of a socket may have \(room) bytes: \(path.string.printable)")
        }
        // SAFETY: the name fits, as was just checked, and leaves room for the zero behind it.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try bind(descriptor, &address, MemoryLayout<sockaddr_un>.size, to: path.string)
        StandardError.write("rr-vm: waiting for a debugger: target extended-remote \(path.string.printable)")
        return descriptor
    }

    private static func bind<Address>(
        _ descriptor: CInt,
        _ address: inout Address,
        _ size: Int,
        to name: String
    ) throws(CommandFailure) {
        // SAFETY: each kind of address may be taken as a sockaddr of its own size, which the call reads.
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, socklen_t(size))
            }
        }
        guard descriptor >= 0, result == 0, Glibc.listen(descriptor, 1) == 0 else {
            throw CommandFailure(.cannotCreate, "cannot listen at \(name.printable): \(Errno(rawValue: errno))")
        }
    }

    /// Waits for a client.
    func accept() throws(CommandFailure) -> DescriptorChannel {
        let client = Glibc.accept(descriptor, nil, nil)
        guard client >= 0 else {
            throw CommandFailure(.inputOutput, "no debugger could connect: \(Errno(rawValue: errno))")
        }
        return DescriptorChannel(input: client, output: client)
    }

    /// Removes a Unix socket's name.
    func remove() {
        guard case .file(let path) = place else { return }
        // SAFETY: the string lives through the call, which only reads it.
        unsafe path.withPlatformString { _ = unsafe unlink($0) }
    }
}
