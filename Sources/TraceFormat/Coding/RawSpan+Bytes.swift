import ByteCoding
import Glibc

extension RawSpan {
    /// Whether both hold the same bytes.
    func isEqual(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        // SAFETY: both buffers are only read, inside the closures, while the spans that they view are alive.
        return unsafe withUnsafeBytes { mine in
            unsafe other.withUnsafeBytes { theirs in
                unsafe mine.isEmpty || memcmp(mine.baseAddress!, theirs.baseAddress!, mine.count) == 0
            }
        }
    }
}

extension [UInt8] {
    /// Appends a span's bytes.
    mutating func append(_ bytes: RawSpan) {
        // SAFETY: the buffer is only read, inside the closure, while the span that it views is alive.
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}

extension ByteWriter {
    /// Appends a span's bytes.
    mutating func write(_ span: RawSpan) {
        // SAFETY: the buffer is only read, inside the closure, while the span that it views is alive.
        unsafe span.withUnsafeBytes { unsafe write(bytes: $0) }
    }
}
