import SystemPackage

/// Owns one KVM file descriptor and makes calls on it.
struct Descriptor: ~Copyable, Sendable {
    let host: HostCalls
    let rawValue: CInt

    /// Takes over a descriptor; it is closed when this value goes away.
    init(owning rawValue: CInt, host: HostCalls) {
        self.rawValue = rawValue
        self.host = host
    }

    /// Opens a device, close-on-exec.
    init(opening path: String, host: HostCalls) throws(KVMError) {
        do {
            rawValue = try host.open(path)
        } catch {
            throw KVMError(operation: "open", argument: path, cause: .system(error))
        }
        self.host = host
    }

    deinit { host.close(rawValue) }

    /// Makes a request whose argument is a number or is not used.
    @discardableResult
    func call(
        _ request: Request,
        _ argument: UInt = 0,
        about subject: @autoclosure () -> String = ""
    ) throws(KVMError) -> CInt {
        do {
            return try host.ioctl(rawValue, request, argument)
        } catch {
            throw KVMError(operation: request.name.description, argument: subject(), cause: .system(error))
        }
    }

    /// Makes a request whose argument is a structure that the kernel reads, writes or both.
    ///
    /// `Value` must be the request's C type from the header. (`BitwiseCopyable` cannot be required: C structures with a
    /// union are not imported as such.)
    @discardableResult
    func call<Value>(
        _ request: Request,
        with value: inout Value,
        about subject: @autoclosure () -> String = ""
    ) throws(KVMError) -> CInt {
        do {
            // SAFETY: the pointer is to a whole Value, exclusively ours during the call.
            return try unsafe withUnsafeMutablePointer(to: &value) { (pointer) throws(Errno) in
                try unsafe host.ioctl(rawValue, request, UnsafeMutableRawPointer(pointer))
            }
        } catch {
            throw KVMError(operation: request.name.description, argument: subject(), cause: .system(error))
        }
    }

    /// Makes a request whose argument the kernel only reads; otherwise like ``call(_:with:about:)``.
    func call<Value>(
        _ request: Request,
        reading value: Value,
        about subject: @autoclosure () -> String = ""
    ) throws(KVMError) {
        var copy = value
        try call(request, with: &copy, about: subject())
    }

    /// Makes a request whose argument is bytes, all of which the kernel may read and write.
    ///
    /// The count must be that of the request's type, or the one that the kernel has announced.
    func call(
        _ request: Request,
        withBytes bytes: inout MutableRawSpan,
        about subject: @autoclosure () -> String = ""
    ) throws(KVMError) {
        let count = bytes.byteCount
        do {
            // SAFETY: the pointer is to all of the bytes, exclusively ours during the call.
            try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(Errno) in
                guard let address = buffer.baseAddress else { throw Errno.badAddress }
                _ = try unsafe host.ioctl(rawValue, request, address)
            }
        } catch {
            throw KVMError(
                operation: request.name.description,
                argument: ["\(count) bytes", subject()].filter { !$0.isEmpty }.joined(separator: ", "),
                cause: .system(error)
            )
        }
    }

    /// Makes a request whose argument is at an address.
    ///
    /// - Parameter address: points to what the request reads and writes, alive through the call.
    @unsafe @discardableResult
    func call(
        _ request: Request,
        at address: UnsafeMutableRawPointer,
        about subject: @autoclosure () -> String = ""
    ) throws(KVMError) -> CInt {
        do {
            // SAFETY: the caller vouches for the address.
            return try unsafe host.ioctl(rawValue, request, address)
        } catch {
            throw KVMError(operation: request.name.description, argument: subject(), cause: .system(error))
        }
    }
}
