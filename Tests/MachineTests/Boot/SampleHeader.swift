import ByteCoding

/// Multiboot headers for tests.
enum SampleHeader {
    /// A Multiboot 1 header, with address fields if there are any.
    static func multiboot(flags: UInt32 = 0, addresses: [UInt32] = []) -> [UInt8] {
        var writer = ByteWriter()
        let magic: UInt32 = 0x1BAD_B002
        writer.write(magic)
        writer.write(flags)
        writer.write(0 &- magic &- flags)
        for address in addresses { writer.write(address) }
        writer.write(bytes: [UInt8](repeating: 0x90, count: 64))
        return writer.bytes
    }

    /// A tag of a Multiboot 2 header.
    struct Tag: Sendable {
        var kind: UInt16
        var isOptional = false
        var size: UInt32?
        var words: [UInt32] = []
    }

    /// A Multiboot 2 header with these tags and the end tag.
    static func multiboot2(_ tags: [Tag] = [], architecture: UInt32 = 0, length: UInt32? = nil) -> [UInt8] {
        var body = ByteWriter()
        for tag in tags + [Tag(kind: 0)] {
            body.write(tag.kind)
            body.write(UInt16(tag.isOptional ? 1 : 0))
            body.write(tag.size ?? UInt32(8 + tag.words.count * 4))
            for word in tag.words { body.write(word) }
            body.write(bytes: [UInt8](repeating: 0, count: tag.words.count % 2 * 4))
        }
        let (magic, count): (UInt32, UInt32) = (0xE852_50D6, length ?? UInt32(16 + body.bytes.count))
        var writer = ByteWriter()
        writer.write(magic)
        writer.write(architecture)
        writer.write(count)
        writer.write(0 &- magic &- architecture &- count)
        writer.write(bytes: body.bytes)
        return writer.bytes
    }
}
