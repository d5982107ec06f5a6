/// A format in which files are compressed, known by its first bytes.
public enum CompressedFormat: CaseIterable, Hashable, Sendable {
    /// RFC 1952.
    case gzip
    /// The .xz file format, version 1.
    case xz
    /// RFC 8878.
    case zstd
    /// LZ4's legacy frame, in which Linux kernels are compressed.
    case lz4

    /// The format of a file that begins with these bytes; nil if it is none of them.
    public init?(_ bytes: ArraySlice<UInt8>) {
        guard let format = Self.allCases.first(where: { bytes.starts(with: $0.magic) }) else { return nil }
        self = format
    }

    /// The bytes with which every file of the format begins.
    var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B]
        case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        case .lz4: [0x02, 0x21, 0x4C, 0x18]
        }
    }

    /// Unpacks a whole file that unpacks into exactly `size` bytes. Nil if it does not, or breaks a rule of its format.
    ///
    /// Memory for `size` bytes is used, and at most 256 MiB besides.
    public func unpack(_ packed: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
        guard size > 0, !packed.isEmpty else { return nil }
        // SAFETY: each of the functions writes at most as many bytes as the destination has, and returns how many it wrote.
        let raw = unsafe [UInt8](unsafeUninitializedCapacity: size) { destination, count in
            count =
                unsafe packed.withUnsafeBufferPointer { source in
                    switch self {
                    case .gzip: unsafe Self.unpackGzip(source, into: destination)
                    case .xz: unsafe Self.unpackXZ(source, into: destination)
                    case .zstd: unsafe Self.unpackZstd(source, into: destination)
                    case .lz4: unsafe Self.unpackLZ4(source, into: destination)
                    }
                } ?? 0
        }
        return raw.count == size ? raw : nil
    }
}
