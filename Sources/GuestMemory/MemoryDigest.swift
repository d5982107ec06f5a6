public import ByteCoding
public import X86

/// Digest of a guest's whole memory. Keeping it up to date costs as much as has changed.
///
/// It is the sum of the digests of all pages that are not all zero, so untouched memory costs nothing and a page that
/// changed is taken out and put in again.
public struct MemoryDigest {
    /// Digests of the pages that are not all zero, as of the last update.
    private var pages: [GuestPhysicalAddress: Digest128] = [:]

    /// The sum over all pages.
    public private(set) var value = Digest128.zero

    /// Starts with the digest of memory that is all zero.
    public init() {}

    /// How many pages were not all zero at their last update.
    package var pageCount: Int { pages.count }

    /// The pages that were not all zero at their last update.
    package var pagesInUse: Set<GuestPhysicalAddress> { Set(pages.keys) }

    /// The digest of one page at `address`: zero for a page that is all zero.
    public static func digest(ofPage page: RawSpan, at address: GuestPhysicalAddress) -> Digest128 {
        Digest128(ofPage: page, at: address.rawValue)
    }

    /// Takes the present content of one page into account and returns whether the page has changed.
    @discardableResult
    public mutating func update(page address: GuestPhysicalAddress, in memory: GuestMemory) throws(MemoryError)
        -> Bool
    {
        let new = try memory.withPage(address) { Self.digest(ofPage: $0, at: address) }
        let old = pages[address] ?? .zero
        guard new != old else { return false }
        value = value - old + new
        pages[address] = new == .zero ? nil : new
        return true
    }
}
