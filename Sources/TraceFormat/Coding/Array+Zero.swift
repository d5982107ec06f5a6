extension Array where Element: BitwiseCopyable & FixedWidthInteger {
    /// Sets every element to zero.
    mutating func setToZero() {
        // SAFETY: an integer whose bytes are all zero is zero.
        unsafe withUnsafeMutableBytes { _ = unsafe $0.initializeMemory(as: UInt8.self, repeating: 0) }
    }
}
