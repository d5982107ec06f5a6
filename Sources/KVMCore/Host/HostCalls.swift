import CKVM
import Glibc
import Synchronization
package import SystemPackage

/// The one place where KVMCore calls the host. Tests can watch every call here, make any of them fail, and answer
/// requests instead of the kernel.
package struct HostCalls: Sendable {
    /// One call, as a test sees it.
    package enum Call: Equatable, Sendable {
        case open(String)
        case openEvent
        case ioctl(String)
        case closeOnExec
        case map(offset: Int, size: Int)
        case installHandler(signal: CInt)
        case read(offset: Int, size: Int)
        case unmap(size: Int)
        case close
    }

    /// What happens to a call.
    package enum Verdict: Sendable {
        /// The call is made.
        case made
        /// The call is not made, and fails.
        case fails(Errno)
        /// The call is not made, and returns this. Only requests can be answered in this way.
        case returns(CInt)
    }

    /// Sees each call before it is made, and a request's argument: a number or an address. Calls that release something
    /// (`unmap`, `close`) are made whatever the verdict.
    private let interceptor: (@Sendable (Call, _ argument: UInt) -> Verdict)?

    /// The host as it is.
    package static let real = Self(interceptor: nil)

    private init(interceptor: (@Sendable (Call, UInt) -> Verdict)?) {
        self.interceptor = interceptor
    }

    /// The real host, watched: an errno makes a call fail.
    package init(interceptor: @escaping @Sendable (Call) -> Errno?) {
        self.interceptor = { call, _ in interceptor(call).map { .fails($0) } ?? .made }
    }

    /// The real host, except that a function answers some requests, by name and argument (a number or an address).
    package init(answering answer: @escaping @Sendable (_ request: String, _ argument: UInt) -> Verdict) {
        interceptor = { call, argument in
            if case .ioctl(let name) = call { answer(name, argument) } else { .made }
        }
    }

    /// - Returns: the answer for a call that must not be made.
    @discardableResult
    private func intercept(_ call: @autoclosure () -> Call, _ argument: UInt = 0) throws(Errno) -> CInt? {
        guard let interceptor else { return nil }
        return switch interceptor(call(), argument) {
        case .made: nil
        case .fails(let errno): throw errno
        case .returns(let answer): answer
        }
    }

    private func check(_ result: CInt) throws(Errno) -> CInt {
        guard result >= 0 else { throw Errno(rawValue: Glibc.errno) }
        return result
    }
}

extension HostCalls {
    /// What was opened in advance, or why opening failed.
    private static let kept = Mutex<[String: Result<CInt, Errno>]>([:])

    /// Opens a path once; ``open(_:)`` returns duplicates of that descriptor from then on.
    static func keepOpen(_ path: String) {
        let result = Result { () throws(Errno) in try real.open(path) }
        kept.withLock { $0[path] = result }
    }

    func open(_ path: String) throws(Errno) -> CInt {
        try intercept(.open(path))
        if let kept = Self.kept.withLock({ $0[path] }) {
            return try check(fcntl(try kept.get(), F_DUPFD_CLOEXEC, 0))
        }
        // SAFETY: the path is a NUL-terminated string that lives through the call.
        return try check(unsafe path.withCString { unsafe ckvm_open($0) })
    }

    func openEvent() throws(Errno) -> CInt {
        try intercept(.openEvent)
        return try check(ckvm_eventfd())
    }

    func close(_ descriptor: CInt) {
        _ = interceptor?(.close, 0)
        _ = Glibc.close(descriptor)
    }

    /// Makes a descriptor close when this process executes another program.
    func closeOnExec(_ descriptor: CInt) throws(Errno) {
        try intercept(.closeOnExec)
        _ = try check(fcntl(descriptor, F_SETFD, FD_CLOEXEC))
    }

    func ioctl(_ descriptor: CInt, _ request: Request, _ argument: UInt) throws(Errno) -> CInt {
        if let answer = try intercept(.ioctl(request.name.description), argument) { return answer }
        return try check(ckvm_ioctl_int(descriptor, request.number, argument))
    }

    /// Runs a vCPU; returns 0 or an errno.
    func run(_ descriptor: CInt) -> CInt {
        guard interceptor == nil else {
            do {
                _ = try ioctl(descriptor, .run, 0)
                return 0
            } catch {
                return error.rawValue
            }
        }
        return ckvm_run(descriptor)
    }

    /// - Parameter argument: points to what the request reads and writes.
    @unsafe func ioctl(
        _ descriptor: CInt,
        _ request: Request,
        _ argument: UnsafeMutableRawPointer
    ) throws(Errno) -> CInt {
        let address = UInt(bitPattern: argument)
        if let answer = try intercept(.ioctl(request.name.description), address) { return answer }
        // SAFETY: the caller vouches that the argument has the layout that the request has in the header.
        return try check(unsafe ckvm_ioctl_ptr(descriptor, request.number, argument))
    }

    /// Reads bytes at an offset and returns how many came.
    func read(_ descriptor: CInt, at offset: Int, into bytes: inout [UInt8]) throws(Errno) -> Int {
        try intercept(.read(offset: offset, size: bytes.count))
        // SAFETY: the kernel writes no more bytes than there are, and keeps no pointer to them.
        let done = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, offset) }
        guard done >= 0 else { throw Errno(rawValue: Glibc.errno) }
        return done
    }

    /// Maps part of a descriptor, shared, for reading and writing.
    func map(_ descriptor: CInt, offset: Int, size: Int) throws(Errno) -> UnsafeMutableRawPointer {
        try intercept(.map(offset: offset, size: size))
        // SAFETY: no address is requested, so no existing mapping is replaced.
        let address = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, offset)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { throw Errno(rawValue: Glibc.errno) }
        return unsafe address
    }

    /// - Parameter address: what ``map(_:offset:size:)`` returned for this size; not used again.
    @unsafe func unmap(_ address: UnsafeMutableRawPointer, size: Int) {
        _ = interceptor?(.unmap(size: size), 0)
        // SAFETY: the caller vouches that the range is a mapping of ours to which no pointer is left.
        _ = unsafe munmap(address, size)
    }

    /// Makes a signal interrupt system calls and do nothing else.
    func installEmptyHandler(signal: CInt) throws(Errno) {
        try intercept(.installHandler(signal: signal))
        _ = try check(ckvm_install_empty_handler(signal))
    }
}
