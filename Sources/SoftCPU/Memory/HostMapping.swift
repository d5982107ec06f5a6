internal import Glibc

/// Zeroed host memory that costs nothing until it is used.
@safe
struct HostMapping {
    let start: UnsafeMutableRawPointer
    let byteCount: Int

    /// Maps memory; the process ends where the kernel has no address space left, as with any allocation.
    ///
    /// - Parameter isDense: it is filled from the front and used everywhere, so that large pages save the host translations.
    init(byteCount: Int, isDense: Bool = false) {
        // SAFETY: an anonymous mapping at an address of the kernel's choice touches no memory that is in use.
        let base = unsafe mmap(
            nil,
            max(byteCount, 4096),
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
            -1,
            0
        )
        guard let base = unsafe base, unsafe base != MAP_FAILED else { fatalError("no address space left") }
        // A kernel that has no large pages refuses, and small ones do as well.
        if isDense { unsafe madvise(base, byteCount, MADV_HUGEPAGE) }
        unsafe start = base
        self.byteCount = max(byteCount, 4096)
    }

    var address: UInt { unsafe UInt(bitPattern: start) }

    /// Gives the memory back.
    func unmap() {
        // SAFETY: start and byteCount are those of a mapping that init made; the owner calls this once.
        unsafe munmap(start, byteCount)
    }

    /// Makes all of it zero again.
    func clear() {
        // SAFETY: as in unmap(); the kernel gives zero pages from then on.
        unsafe madvise(start, byteCount, MADV_DONTNEED)
    }
}
