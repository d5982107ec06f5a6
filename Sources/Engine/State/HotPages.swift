internal import X86

/// The pages that a guest writes again and again, judging by the captures so far.
struct HotPages {
    /// A page is hot if it changes again within this number of captures, and is no longer hot if it does not. Looking
    /// at a page costs about a tenth of the exit that the first write to it costs.
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
