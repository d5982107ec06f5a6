import SystemPackage

/// Owns one shared mapping of a KVM descriptor.
@safe struct Mapping: ~Copyable {
    private let host: HostCalls
    /// The first byte; page-aligned.
    let address: UnsafeMutableRawPointer
    /// The number of bytes that are mapped.
    let size: Int

    /// Maps `size` bytes of `descriptor` from `offset` on.
    init(of descriptor: borrowing Descriptor, offset: Int = 0, size: Int, called name: String) throws(KVMError) {
        host = descriptor.host
        self.size = size
        do {
            unsafe address = try descriptor.host.map(descriptor.rawValue, offset: offset, size: size)
        } catch {
            throw KVMError(operation: "mmap", argument: "\(name), \(size) bytes", cause: .system(error))
        }
    }

    // SAFETY: every user of the address borrows it from this value, so none is left.
    deinit { unsafe host.unmap(address, size: size) }
}
