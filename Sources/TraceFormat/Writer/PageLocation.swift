/// Where a page's content is stored.
struct PageLocation: Equatable, Sendable {
    /// Position of the page chunk; 0, where no chunk can be, for a page of zeros.
    var chunk: UInt64
    /// Place in that chunk.
    var index: Int

    /// The content of pages that were never stored.
    static let zero = Self(chunk: 0, index: 0)
}
