internal import X86

/// The pages that a guest writes again and again, as far as captures have shown.
struct HotPages {
    /// Captures within which a page has to change again to be hot, and after which one that has not is no longer. To look at a
    /// page costs about a tenth of what the exit of the first write to it costs.
    private static let reach = 8

    private var capture = 0
    /// When each page changed last.
    private var lastChange: [GuestPhysicalAddress: Int] = [:]

    /// The pages that are hot now.
    private(set) var pages: Set<GuestPhysicalAddress> = []

    /// Takes the next capture into account.
    ///
    /// - Parameter changed: the pages that changed since the one before.
    mutating func update(changed: [GuestPhysicalAddress]) {
        capture += 1
        for page in changed {
            if let last = lastChange.updateValue(capture, forKey: page), capture - last <= Self.reach {
                pages.insert(page)
            }
        }
        let (present, changes) = (capture, lastChange)
        pages = pages.filter { present - (changes[$0] ?? 0) <= Self.reach }
    }
}
