public import X86

extension GuestMemory {
    /// Fills `bytes` from memory. All of them must be in one region.
    public func read(at address: GuestPhysicalAddress, into bytes: inout MutableSpan<UInt8>) throws(MemoryError) {
        let count = bytes.count
        let source = unsafe try pointer(to: address, count: count)
        // SAFETY: pointer(to:count:) checked that count bytes are mapped at the source, and the span has room for as many.
        unsafe bytes.withUnsafeMutableBufferPointer { target in
            guard let start = target.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(start).copyMemory(from: source, byteCount: count)
        }
    }

    /// Copies bytes into memory, but not into ROM. All of them must be in one region.
    public func write(_ bytes: Span<UInt8>, at address: GuestPhysicalAddress) throws(MemoryError) {
        let count = bytes.count
        guard let index = regionIndex(of: address, count: count), !regions[index].isReadOnly else {
            throw .outside(address, bytes: count)
        }
        guard count > 0 else { return }
        let target = unsafe try pointer(to: address, count: count)
        // SAFETY: pointer(to:count:) checked that count bytes are mapped at the target, and the span has as many.
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe target.copyMemory(from: UnsafeRawPointer(source.baseAddress!), byteCount: count)
        }
        noteHostWrite(at: address, count: count)
    }

    /// The eight bytes at an address, little-endian; nil if part of them is not memory. Allocates nothing.
    package func word(at address: GuestPhysicalAddress) -> UInt64? {
        guard let source = unsafe try? pointer(to: address, count: 8) else { return nil }
        // SAFETY: pointer(to:count:) checked that eight bytes are mapped at the source; every bit pattern is a number.
        return unsafe source.loadUnaligned(as: UInt64.self)
    }

    /// Where eight bytes of memory are, for whoever reads them again and again.
    @usableFromInline package struct WordPlace {
        /// The region's index in ``GuestMemory/mappings``.
        @usableFromInline let mapping: Int
        /// Bytes from the region's beginning.
        @usableFromInline let offset: UInt64
    }

    /// The place of the eight bytes at an address; nil if part of them is not memory.
    package func wordPlace(at address: GuestPhysicalAddress) -> WordPlace? {
        regionIndex(of: address, count: 8).map { index in
            WordPlace(mapping: index, offset: address.rawValue - regions[index].address.rawValue)
        }
    }

    /// The eight bytes at a place, little-endian; nil if this memory has no such place. Allocates nothing.
    @inlinable @inline(__always) package func word(at place: WordPlace) -> UInt64? {
        guard place.mapping < mappings.count else { return nil }
        let (size, host) = (mappings[place.mapping].region.size, unsafe mappings[place.mapping].host)
        guard size >= 8, place.offset <= size - 8 else { return nil }
        // SAFETY: eight bytes are mapped there, as was just checked; every bit pattern is a number.
        return unsafe host.loadUnaligned(fromByteOffset: Int(place.offset), as: UInt64.self)
    }

    /// Whether one region that is not ROM holds all of `count` bytes at an address.
    package func isWritable(_ address: GuestPhysicalAddress, count: Int) -> Bool {
        regionIndex(of: address, count: count).map { !regions[$0].isReadOnly } ?? false
    }
}
