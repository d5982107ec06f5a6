import ByteCoding
import X86

extension GuestSymbol {
    /// The payloads of the chunks for `symbols`, and how many symbols each holds.
    static func chunks(of symbols: [GuestSymbol]) -> [(payload: [UInt8], count: Int)] {
        var chunks: [(payload: [UInt8], count: Int)] = []
        var writer = ByteWriter()
        var count = 0
        for symbol in symbols {
            writer.write(text: symbol.name.prefix(utf8: Limits.textBytes))
            writer.writeVarint(symbol.address.rawValue)
            writer.writeVarint(symbol.size)
            count += 1
            if writer.bytes.count >= Limits.symbolBytesPerChunk {
                chunks.append((writer.bytes, count))
                (writer, count) = (ByteWriter(), 0)
            }
        }
        if count > 0 { chunks.append((writer.bytes, count)) }
        return chunks
    }

    /// Reads the payload of a chunk of `count` symbols.
    static func decode(_ payload: RawSpan, count: Int) throws(ByteCodingError) -> [GuestSymbol] {
        var cursor = ByteCursor(payload)
        var symbols: [GuestSymbol] = []
        for _ in 0..<count {
            symbols.append(
                GuestSymbol(
                    name: try cursor.readString(limit: Limits.textBytes),
                    address: GuestVirtualAddress(try cursor.readVarint()),
                    size: try cursor.readVarint()
                )
            )
        }
        try cursor.expectEnd()
        return symbols
    }
}
