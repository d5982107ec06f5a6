import SystemPackage

/// Owns one shared mapping of a KVM descriptor.
@safe struct Mapping: ~Copyable {
    private let host: HostCalls
    /// The first byte; page-aligned.
    let address: UnsafeMutableRawPointer
    /// Bytes mapped.
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

    // SAFETY: whoever uses the address borrows it from this value, so nobody does so any more.
    deinit { unsafe host.unmap(address, size: size) }
}
