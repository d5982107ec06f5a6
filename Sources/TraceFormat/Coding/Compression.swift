internal import CLZ4
internal import CZstd

/// Payloads packed without frames around them that a chunk's header makes superfluous.
enum Compression {
    /// How a chunk's payload is stored; numbered as in a trace.
    enum Codec: UInt8 {
        case stored = 0
        case lz4 = 1
        case zstd = 2
    }

    /// How long to look for repetitions. The result is unpacked in the same way in either case.
    enum Effort {
        /// As fast as a recording needs.
        case quick
        /// As long as it pays: zstd's highest levels save a twentieth more, in more than twice the time.
        case thorough
    }

    /// The packed form of a chunk's payload; nil if packing saves nothing.
    ///
    /// The contents of memory are most of a large trace, and zstd makes them a quarter smaller than LZ4 does. Columns of events
    /// are packed before they come here.
    static func pack(
        _ raw: RawSpan,
        of type: ChunkType,
        _ effort: Effort = .quick
    ) -> (codec: Codec, bytes: [UInt8])? {
        guard raw.byteCount > 1 else { return nil }
        if type == .pages, let packed = packZstd(raw, effort),
            raw.byteCount <= packed.count * Limits.unpackedPerStoredByte
        {
            return (.zstd, packed)
        }
        return packLZ4(raw, effort).map { (.lz4, $0) }
    }

    private static func packZstd(_ raw: RawSpan, _ effort: Effort) -> [UInt8]? {
        let level: Int32 =
            switch effort {
            case .quick: 3
            case .thorough: 17
            }
        let room = raw.byteCount - 1
        // SAFETY: source and destination are valid for the sizes passed, and zstd writes no more than `room` bytes, of
        // which it returns how many it wrote, or an error.
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: room) { destination, count in
            let size = unsafe raw.withUnsafeBytes { source in
                unsafe ZSTD_compress(destination.baseAddress, room, source.baseAddress, source.count, level)
            }
            count = ZSTD_isError(size) == 0 ? size : 0
        }
        return packed.isEmpty ? nil : packed
    }

    private static func packLZ4(_ raw: RawSpan, _ effort: Effort) -> [UInt8]? {
        let room = raw.byteCount - 1
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

    /// Unpacks `packed` into exactly `rawSize` bytes; nil if that fails, or if it is not packed.
    static func unpack(_ packed: RawSpan, _ codec: Codec, rawSize: Int) -> [UInt8]? {
        // A header alone must not cause an allocation of any size.
        guard rawSize > 0, rawSize <= packed.byteCount * Limits.unpackedPerStoredByte else { return nil }
        // SAFETY: source and destination are valid for the sizes passed; each library checks its input against both, and returns
        // how many bytes it wrote, or an error.
        let raw = unsafe [UInt8](unsafeUninitializedCapacity: rawSize) { destination, count in
            count = unsafe packed.withUnsafeBytes { source in
                switch codec {
                case .stored: return 0
                case .lz4:
                    let unpacked = unsafe LZ4_decompress_safe(
                        source.baseAddress!.assumingMemoryBound(to: CChar.self),
                        UnsafeMutableRawPointer(destination.baseAddress!).assumingMemoryBound(to: CChar.self),
                        Int32(source.count),
                        Int32(rawSize)
                    )
                    return Int(max(unpacked, 0))
                case .zstd:
                    let unpacked = unsafe ZSTD_decompress(
                        destination.baseAddress,
                        rawSize,
                        source.baseAddress,
                        source.count
                    )
                    return ZSTD_isError(unpacked) == 0 ? unpacked : 0
                }
            }
        }
        return raw.count == rawSize ? raw : nil
    }
}
