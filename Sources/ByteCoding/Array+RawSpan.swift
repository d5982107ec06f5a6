extension [UInt8] {
    /// The array's bytes, lent for as long as the array is not changed.
    public var rawSpan: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            // SAFETY: bytes have no padding and allow every bit pattern, so all of the array is initialised memory.
            unsafe span.bytes
        }
    }
}
