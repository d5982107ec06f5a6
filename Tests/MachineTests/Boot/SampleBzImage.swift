import ByteCoding

/// A bzImage for tests: every field can be set, and none is checked.
struct SampleBzImage: Sendable {
    var sectors: UInt8 = 1
    var paragraphs: UInt32 = 0x100
    var version: UInt16 = 0x020F
    var headerLength: UInt8 = 0x66
    var loadFlags: UInt16 = 1
    var preferredAddress: UInt64 = 0x10_0000
    var initialSize: UInt32 = 0x4000
    var alignment: UInt32 = 0x1000
    var isRelocatable: UInt8 = 1
    var initrdLimit: UInt32 = 0x7FFF_FFFF
    var commandLineSize: UInt32 = 255
    /// Bytes of the file, if not as many as the header says.
    var size: Int?

    var bytes: [UInt8] {
        var file = [UInt8](repeating: 0, count: (Int(sectors) + 1) * 512 + Int(paragraphs) * 16)
        func set<Value: FixedWidthInteger>(_ value: Value, _ offset: Int) {
            var writer = ByteWriter()
            writer.write(value)
            file.replaceSubrange(offset..<offset + writer.bytes.count, with: writer.bytes)
        }
        set(sectors, 0x1F1)
        set(paragraphs, 0x1F4)
        set(UInt16(0xAA55), 0x1FE)
        set(headerLength, 0x201)
        set(UInt32(0x5372_6448), 0x202)
        set(version, 0x206)
        set(initrdLimit, 0x22C)
        set(alignment, 0x230)
        set(isRelocatable, 0x234)
        set(loadFlags, 0x236)
        set(commandLineSize, 0x238)
        set(preferredAddress, 0x258)
        set(initialSize, 0x260)
        return Array(file.prefix(size ?? file.count))
    }
}
