extension VCPU {
    /// Takes the pages that this vCPU has written out of its ring, in the order of the writes. A page comes again only
    /// after ``VM/resetDirtyRings()``. Allocates nothing.
    ///
    /// - Returns: the number of pages; always 0 if the VM has no dirty rings.
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
