import ByteCoding
import Testing

@Suite struct LittleEndianTests {
    @Test func numbersComeBackFromTheirBytes() {
        let bytes = LittleEndian.bytes(of: UInt64(0x8877_6655_4433_2211))

        #expect(bytes == [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88])
        #expect(LittleEndian.number(bytes.span) == 0x8877_6655_4433_2211)
        #expect(LittleEndian.number(byteCount: 2) { bytes[$0 + 1] } == 0x3322)
        #expect(LittleEndian.number(byteCount: 0) { _ in 1 } == 0)
        #expect(LittleEndian.number(([1] + bytes).span) == 0x7766_5544_3322_1101)
    }

    @Test func bytesAreCountedFromTheLowest() {
        #expect((0..<4).map { LittleEndian.byte($0, of: UInt32(0x4433_2211)) } == [0x11, 0x22, 0x33, 0x44])
        #expect(LittleEndian.byte(1, of: Int16(-1)) == 0xFF)
        #expect(LittleEndian.byte(2, of: UInt16(0xFFFF)) == 0)
    }
}
