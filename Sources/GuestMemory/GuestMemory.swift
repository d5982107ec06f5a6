internal import Glibc
public import X86

/// The guest-physical memory of one virtual machine: page-aligned regions of host memory, zero until written.
///
/// The processor that executes in the memory and the board that loads and stores in it share it, and use it from one
/// thread. Pages that are never touched cost nothing.
@safe
public final class GuestMemory {
    /// Bytes in a page.
    public static let pageSize = 4096
    /// The most bytes that one guest may have: the 1 TiB that a trace admits.
    public static let maximumSize: UInt64 = 1 << 40

    /// One range of guest-physical addresses that memory answers.
    public struct Region: Hashable, Sendable {
        /// Address of the first byte; a multiple of the page size.
        public var address: GuestPhysicalAddress
        /// Bytes; a multiple of the page size, at least one page.
        public var size: UInt64
        /// The guest cannot change it: ROM.
        public var isReadOnly: Bool

        /// Makes a region of its parts.
        public init(address: GuestPhysicalAddress, size: UInt64, isReadOnly: Bool = false) {
            self.address = address
            self.size = size
            self.isReadOnly = isReadOnly
        }

        var end: UInt64 { address.rawValue + size }
    }

    /// The regions, by ascending address.
    public let regions: [Region]

    /// The regions with their places in host memory, in the same order. Valid as long as this object lives.
    public let mappings: [Mapping]

    /// Pages that the host side has written since the last call of ``takeHostWrites()``.
    private var hostWrites: Set<GuestPhysicalAddress> = []
    /// Pages that the host side has written since ``takeUnseenWrites()`` was called last, in the order of writing; none unless
    /// ``notesUnseenWrites``.
    private var unseenWrites: [GuestPhysicalAddress] = []
    /// Whether somebody wants to know what the host side writes, such as a processor that keeps decoded code.
    package var notesUnseenWrites = false

    /// Maps host memory for regions that are aligned, not empty, and do not overlap.
    public init(regions: [Region]) throws(MemoryError) {
        let sorted = regions.sorted { $0.address < $1.address }
        try Self.check(sorted)
        var mappings: [Mapping] = []
        for region in sorted {
            // SAFETY: an anonymous mapping at an address of the kernel's choice touches no memory that is in use.
            let base = unsafe mmap(
                nil,
                Int(region.size),
                PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                -1,
                0
            )
            guard let base = unsafe base, unsafe base != MAP_FAILED else {
                let reason = errno
                Self.unmap(mappings)
                throw .refused(bytes: region.size, errno: reason)
            }
            unsafe mappings.append(Mapping(region, host: base))
        }
        self.regions = sorted
        self.mappings = mappings
    }

    deinit {
        Self.unmap(mappings)
    }

    private static func unmap(_ mappings: [Mapping]) {
        for mapping in mappings {
            // SAFETY: address and size are those of a mapping that init made and that nothing else unmaps.
            unsafe munmap(mapping.host, Int(mapping.region.size))
        }
    }

    private static func check(_ sorted: [Region]) throws(MemoryError) {
        var end: UInt64 = 0
        var total: UInt64 = 0
        for region in sorted {
            let page = UInt64(pageSize)
            guard region.address.rawValue % page == 0, region.size % page == 0, region.size > 0 else {
                throw .invalidMap("region at \(region.address) is not made of whole pages")
            }
            guard region.size <= maximumSize, total + region.size <= maximumSize else {
                throw .invalidMap("more than \(maximumSize >> 30) GiB")
            }
            guard region.address.rawValue >= end else {
                throw .invalidMap("region at \(region.address) overlaps the one before")
            }
            guard region.address.rawValue <= UInt64.max - region.size else {
                throw .invalidMap("region at \(region.address) wraps around")
            }
            end = region.end
            total += region.size
        }
        guard !sorted.isEmpty else { throw .invalidMap("no memory") }
    }
}

extension GuestMemory {
    /// The index of the region that holds all of `count` bytes at `address`, if one does.
    func regionIndex(of address: GuestPhysicalAddress, count: Int) -> Int? {
        regions.firstIndex { $0.contains(address, count: count) }
    }

    func pointer(to address: GuestPhysicalAddress, count: Int) throws(MemoryError) -> UnsafeMutableRawPointer {
        guard let index = regionIndex(of: address, count: count) else {
            throw .outside(address, bytes: count)
        }
        // SAFETY: regionIndex found that address + count lies within the region that is mapped there.
        return unsafe mappings[index].host + Int(address.rawValue - regions[index].address.rawValue)
    }

    /// Whether one region holds all of `count` bytes at `address`.
    public func contains(_ address: GuestPhysicalAddress, count: Int) -> Bool {
        regionIndex(of: address, count: count) != nil
    }

    /// Copies `count` bytes out. All of them must be in one region.
    public func read(at address: GuestPhysicalAddress, count: Int) throws(MemoryError) -> [UInt8] {
        let source = unsafe try pointer(to: address, count: count)
        // SAFETY: pointer(to:count:) checked that count bytes are mapped here.
        return unsafe [UInt8](UnsafeRawBufferPointer(start: source, count: count))
    }

    /// Copies bytes in, even into ROM. All of them must be in one region.
    public func write(_ bytes: [UInt8], at address: GuestPhysicalAddress) throws(MemoryError) {
        let target = unsafe try pointer(to: address, count: bytes.count)
        guard !bytes.isEmpty else { return }
        // SAFETY: pointer(to:count:) checked that count bytes are mapped here; an array never overlaps guest memory.
        unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        noteHostWrite(at: address, count: bytes.count)
    }

    /// Notes that `count` bytes, at least one, were written from the host side.
    package func noteHostWrite(at address: GuestPhysicalAddress, count: Int) {
        let page = UInt64(Self.pageSize)
        let first = address.rawValue / page
        let last = (address.rawValue + UInt64(count) - 1) / page
        for number in first...last {
            hostWrites.insert(GuestPhysicalAddress(number * page))
            if notesUnseenWrites { unseenWrites.append(GuestPhysicalAddress(number * page)) }
        }
    }

    /// Lends the bytes of one page; `address` must be the address of a page in a region.
    public func withPage<Result>(
        _ address: GuestPhysicalAddress,
        _ body: (RawSpan) -> Result
    ) throws(MemoryError) -> Result {
        let base = unsafe try pointer(to: address, count: Self.pageSize)
        // SAFETY: a whole page is mapped here, and stays mapped as long as self lives, which the call outlives.
        return unsafe body(RawSpan(_unsafeStart: base, byteCount: Self.pageSize))
    }

    /// Whether ``takeUnseenWrites()`` would give any page.
    package var hasUnseenWrites: Bool { !unseenWrites.isEmpty }

    /// The pages that the host side has written since the last call, in the order of writing; some may be there more than once.
    package func takeUnseenWrites() -> [GuestPhysicalAddress] {
        defer { unseenWrites.removeAll(keepingCapacity: true) }
        return unseenWrites
    }

    /// The pages written through ``write(_:at:)`` since the last call, in no particular order.
    package func takeHostWrites() -> Set<GuestPhysicalAddress> {
        defer { hostWrites.removeAll(keepingCapacity: true) }
        return hostWrites
    }
}
