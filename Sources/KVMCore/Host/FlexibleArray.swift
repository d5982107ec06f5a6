/// A C structure that ends in an array of any length: a header and, directly after it, the elements.
///
/// `Header` and `Element` must be the imported C types. CKVM asserts that the elements follow the header without a gap.
@safe struct FlexibleArray<Header, Element>: ~Copyable {
    /// The structure in memory, for the kernel.
    let address: UnsafeMutableRawPointer
    /// How many elements there is room for.
    let capacity: Int

    /// Makes a structure with a header, and with `filler` for all elements.
    init(header: Header, repeating filler: Element, count: Int) {
        capacity = count
        // SAFETY: header and elements are initialised within the bytes allocated, each at its own alignment.
        unsafe address = .allocate(
            byteCount: MemoryLayout<Header>.size + count * MemoryLayout<Element>.stride,
            alignment: max(MemoryLayout<Header>.alignment, MemoryLayout<Element>.alignment)
        )
        unsafe address.storeBytes(of: header, as: Header.self)
        for index in 0..<count { self[index] = filler }
    }

    /// Makes a structure of a header and its elements.
    init(header: Header, elements: [Element], filler: Element) {
        self.init(header: header, repeating: filler, count: elements.count)
        for (index, element) in elements.enumerated() { self[index] = element }
    }

    // SAFETY: allocated in init, freed nowhere else.
    deinit { unsafe address.deallocate() }

    /// The part before the elements.
    var header: Header {
        // SAFETY: initialised in init; the kernel keeps the layout.
        unsafe address.load(as: Header.self)
    }

    /// One element; the index must be below ``capacity``.
    subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < capacity)
            // SAFETY: within the allocation by the check above, initialised in init.
            return unsafe address.load(fromByteOffset: offset(of: index), as: Element.self)
        }
        set {
            precondition(index >= 0 && index < capacity)
            // SAFETY: within the allocation by the check above.
            unsafe address.storeBytes(of: newValue, toByteOffset: offset(of: index), as: Element.self)
        }
    }

    /// The first `count` elements, or all if there are fewer.
    func elements(count: Int) -> [Element] {
        (0..<min(max(count, 0), capacity)).map { self[$0] }
    }

    private func offset(of index: Int) -> Int { MemoryLayout<Header>.size + index * MemoryLayout<Element>.stride }
}
