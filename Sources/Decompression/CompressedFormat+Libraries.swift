internal import CLZ4
internal import CLZMA
internal import CZlib
internal import CZstd

/// Each returns how many bytes it has written into the destination, or nil where the source breaks a rule of its format or has
/// bytes left. Source and destination are not empty.
extension CompressedFormat {
    static func unpackGzip(
        _ source: UnsafeBufferPointer<UInt8>,
        into destination: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        guard let sourceCount = UInt32(exactly: source.count), let room = UInt32(exactly: destination.count) else {
            return nil
        }
        var stream = unsafe z_stream()
        // 15 is the largest window, and 16 more mean gzip's header and trailer.
        let window: Int32 = 15 + 16
        // SAFETY: the stream is zeroed, as the function wants it, and outlives all calls with it.
        let status = unsafe inflateInit2_(&stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { return nil }
        defer { unsafe inflateEnd(&stream) }
        // SAFETY: zlib reads and writes within the sizes that it is given, and does not write to its input.
        unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        unsafe stream.avail_in = sourceCount
        unsafe stream.next_out = destination.baseAddress
        unsafe stream.avail_out = room
        guard unsafe inflate(&stream, Z_FINISH) == Z_STREAM_END, unsafe stream.avail_in == 0 else { return nil }
        return destination.count - Int(unsafe stream.avail_out)
    }

    static func unpackXZ(
        _ source: UnsafeBufferPointer<UInt8>,
        into destination: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        // What a dictionary of a kernel takes, twice over.
        var memoryLimit: UInt64 = 256 << 20
        var (read, written) = (0, 0)
        // SAFETY: liblzma reads and writes within the sizes that it is given.
        let status = unsafe lzma_stream_buffer_decode(
            &memoryLimit,
            0,
            nil,
            source.baseAddress,
            &read,
            source.count,
            destination.baseAddress,
            &written,
            destination.count
        )
        return status == LZMA_OK && read == source.count ? written : nil
    }

    static func unpackZstd(
        _ source: UnsafeBufferPointer<UInt8>,
        into destination: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        // SAFETY: zstd reads and writes within the sizes that it is given.
        let written = unsafe ZSTD_decompress(
            destination.baseAddress,
            destination.count,
            source.baseAddress,
            source.count
        )
        return ZSTD_isError(written) == 0 ? written : nil
    }

    /// Blocks of up to 8 MiB, each behind its size.
    static func unpackLZ4(
        _ source: UnsafeBufferPointer<UInt8>,
        into destination: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        var (place, written) = (CompressedFormat.lz4.magic.count, 0)
        while place < source.count {
            guard source.count - place > 4 else { return nil }
            // SAFETY: four bytes from the place on are within the source.
            let size = (0..<4).reduce(0) { unsafe $0 | Int(source[place + $1]) << (8 * $1) }
            place += 4
            guard size > 0, size <= source.count - place, written < destination.count else { return nil }
            let room = min(destination.count - written, 8 << 20)
            // SAFETY: LZ4 reads and writes within the sizes that it is given, which are those that are left.
            let unpacked = unsafe LZ4_decompress_safe(
                UnsafeRawPointer(source.baseAddress! + place).assumingMemoryBound(to: CChar.self),
                UnsafeMutableRawPointer(destination.baseAddress! + written).assumingMemoryBound(to: CChar.self),
                Int32(size),
                Int32(room)
            )
            guard unpacked > 0 else { return nil }
            place += size
            written += Int(unpacked)
        }
        return written
    }
}
