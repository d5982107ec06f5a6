import ByteCoding
import Testing

@Suite struct ByteCodingTests {
    @Test func everyKindOfValueReadsBackAsWritten() throws {
        var writer = ByteWriter()
        writer.write(UInt8(0xAB))
        writer.write(UInt64(0x0123_4567_89AB_CDEF))
        writer.write(Int32(-5))
        writer.writeVarint(.max)
        writer.writeVarint(127)
        writer.write(text: "Grüße")
        writer.write(bytes: [1, 2, 3])

        var cursor = ByteCursor(writer.bytes.rawSpan)
        #expect(try cursor.read(UInt8.self) == 0xAB)
        #expect(try cursor.read(UInt64.self) == 0x0123_4567_89AB_CDEF)
        #expect(try cursor.read(Int32.self) == -5)
        #expect(try cursor.readVarint() == .max)
        #expect(try cursor.readVarint() == 127)
        #expect(try cursor.readString(limit: 16) == "Grüße")
        #expect(try cursor.readBytes(count: 3) == [1, 2, 3])
        try cursor.expectEnd()
    }

    @Test func integersAreLittleEndian() {
        var writer = ByteWriter()
        writer.write(UInt32(0x0102_0304))
        #expect(writer.bytes == [4, 3, 2, 1])
    }

    @Test func readingPastTheEndIsAnError() {
        let bytes: [UInt8] = [1, 2, 3]
        var cursor = ByteCursor(bytes.rawSpan)
        #expect(throws: ByteCodingError.truncated(offset: 0, needed: 4, available: 3)) { try cursor.read(UInt32.self) }
        #expect(throws: ByteCodingError.truncated(offset: 0, needed: -1, available: 3)) {
            try cursor.readBytes(count: -1)
        }
    }

    @Test(
        arguments: [
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]]
    )
    func aVarintOverSixtyFourBitsIsAnError(bytes: [UInt8]) {
        var cursor = ByteCursor(bytes.rawSpan)
        #expect(throws: ByteCodingError.malformedVarint(offset: 0)) { try cursor.readVarint() }
    }

    @Test func aCountOverItsLimitIsRefusedBeforeItIsUsed() {
        var writer = ByteWriter()
        writer.writeVarint(1 << 40)
        var cursor = ByteCursor(writer.bytes.rawSpan)
        #expect(throws: ByteCodingError.overLimit(offset: 0, value: 1 << 40, limit: 100)) {
            try cursor.readCount(limit: 100)
        }
    }

    @Test func leftOverBytesAreAnError() {
        let bytes: [UInt8] = [1, 2]
        let cursor = ByteCursor(bytes.rawSpan)
        #expect(throws: ByteCodingError.trailingBytes(offset: 0, count: 2)) { try cursor.expectEnd() }
    }
}
