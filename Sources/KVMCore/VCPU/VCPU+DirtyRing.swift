extension VCPU {
    /// Takes the pages that this vCPU has dirtied out of its ring, in the order in which it did. A page comes again only
    /// after ``VM/resetDirtyRings()``. Allocates nothing.
    ///
    /// - Returns: how many pages; 0 always if the VM has no dirty rings.
    @discardableResult
    public mutating func harvestDirtyRing(_ body: (DirtyPage) -> Void) -> Int {
        var count = 0
        while let page = dirtyRing?.next() {
            body(page)
            count += 1
        }
        return count
    }
}
