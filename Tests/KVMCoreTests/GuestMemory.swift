import Glibc

/// Zeroed, page-aligned memory for a guest.
@safe struct GuestMemory: ~Copyable {
    let address: UnsafeMutableRawPointer
    let size: Int

    init(size: Int) {
        self.size = size
        // SAFETY: no address is asked for, so no existing mapping is replaced.
        unsafe address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    }

    // SAFETY: a test drops the VM that uses the memory together with it, and runs no vCPU afterwards.
    deinit { unsafe _ = munmap(address, size) }

    func write(_ bytes: [UInt8], at offset: Int) {
        precondition(offset + bytes.count <= size)
        // SAFETY: within the mapping by the check above.
        unsafe (address + offset).copyMemory(from: bytes, byteCount: bytes.count)
    }

    func read(at offset: Int, count: Int) -> [UInt8] {
        precondition(offset + count <= size)
        // SAFETY: within the mapping by the check above.
        return unsafe [UInt8](UnsafeRawBufferPointer(start: address + offset, count: count))
    }
}
