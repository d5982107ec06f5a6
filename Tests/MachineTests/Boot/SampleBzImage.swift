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
    /// The compressed part, which begins 0x300 bytes after the kernel's first. The kernel is as long as it needs to be for it.
    var payload: [UInt8] = []
    /// Bytes of the file, if not as many as the header says.
    var size: Int?

    private static let payloadOffset = 0x300

    var bytes: [UInt8] {
        let paragraphs = max(paragraphs, UInt32((Self.payloadOffset + payload.count + 15) / 16))
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
        if !payload.isEmpty {
            set(UInt32(Self.payloadOffset), 0x248)
            set(UInt32(payload.count), 0x24C)
            let start = (Int(sectors) + 1) * 512 + Self.payloadOffset
            file.replaceSubrange(start..<start + payload.count, with: payload)
        }
        return Array(file.prefix(size ?? file.count))
    }
}
