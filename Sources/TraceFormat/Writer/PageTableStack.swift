/// Which pages the table of each keyframe lists.
///
/// Keyframe 0 lists all pages that are not zero. Keyframe n > 0 lists the pages that changed in the last b keyframes up
/// to n, where b is the lowest set bit of n. Take the tables of n, of n without its lowest set bit, and so on down to
/// 0, which are at most as many as n has bits. Together they list every page at least once, and the first of them that
/// lists a page has its content at n.
struct PageTableStack {
    private var blocks: [(keyframes: UInt32, pages: [UInt64])] = []

    /// The pages for the table of keyframe `number`. `changed` are the pages that changed for it; both are sorted.
    mutating func pages(forKeyframe number: UInt32, changed: [UInt64]) -> [UInt64] {
        guard number > 0 else { return changed }
        var keyframes: UInt32 = 1
        var pages = changed
        while let last = blocks.last, last.keyframes == keyframes {
            pages = Self.union(last.pages, pages)
            keyframes *= 2
            blocks.removeLast()
        }
        blocks.append((keyframes, pages))
        return pages
    }

    /// The union of two sorted lists, sorted.
    private static func union(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var result: [UInt64] = []
        result.reserveCapacity(max(left.count, right.count))
        var (l, r) = (0, 0)
        while l < left.count, r < right.count {
            result.append(min(left[l], right[r]))
            let (stepLeft, stepRight) = (left[l] <= right[r], right[r] <= left[l])
            l += stepLeft ? 1 : 0
            r += stepRight ? 1 : 0
        }
        result += left[l...]
        result += right[r...]
        return result
    }
}
