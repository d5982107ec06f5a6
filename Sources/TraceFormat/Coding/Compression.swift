internal import CLZ4

/// LZ4 blocks without frames, because a chunk's header holds the sizes.
enum Compression {
    /// How a chunk's payload is stored; numbered as in a trace.
    enum Codec: UInt8 {
        case stored = 0
        case lz4 = 1
    }

    /// How long to look for repetitions. The result is unpacked in the same way in either case.
    enum Effort {
        /// As fast as a recording needs.
        case quick
        /// LZ4's high compression, at its highest level.
        case thorough
    }

    /// The packed form of `raw`; nil if packing saves nothing.
    static func pack(_ raw: RawSpan, _ effort: Effort = .quick) -> [UInt8]? {
        let room = raw.byteCount - 1
        guard room > 0 else { return nil }
        // SAFETY: source and destination are valid for the sizes passed, and LZ4 writes no more than `room` bytes, of
        // which it returns how many it wrote.
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: room) { destination, count in
            count = unsafe raw.withUnsafeBytes { source in
                let from = unsafe source.baseAddress!.assumingMemoryBound(to: CChar.self)
                let to = unsafe UnsafeMutableRawPointer(destination.baseAddress!).assumingMemoryBound(to: CChar.self)
                let size = Int32(source.count)
                return switch effort {
                case .quick: unsafe Int(LZ4_compress_default(from, to, size, Int32(room)))
                case .thorough: unsafe Int(LZ4_compress_HC(from, to, size, Int32(room), LZ4HC_CLEVEL_MAX))
                }
            }
        }
        return packed.isEmpty ? nil : packed
    }

    /// Unpacks `packed` into exactly `rawSize` bytes; nil if that fails.
    static func unpack(_ packed: RawSpan, rawSize: Int) -> [UInt8]? {
        // A header alone must not cause an allocation of any size.
        guard rawSize > 0, rawSize <= packed.byteCount * Limits.unpackedPerStoredByte else { return nil }
        // SAFETY: source and destination are valid for the sizes passed; LZ4 checks its input against both, and returns
        // how many bytes it wrote, or a negative number.
        let raw = unsafe [UInt8](unsafeUninitializedCapacity: rawSize) { destination, count in
            let unpacked = unsafe packed.withUnsafeBytes { source in
                unsafe LZ4_decompress_safe(
                    source.baseAddress!.assumingMemoryBound(to: CChar.self),
                    UnsafeMutableRawPointer(destination.baseAddress!).assumingMemoryBound(to: CChar.self),
                    Int32(source.count),
                    Int32(rawSize)
                )
            }
            count = Int(max(unpacked, 0))
        }
        return raw.count == rawSize ? raw : nil
    }
}
