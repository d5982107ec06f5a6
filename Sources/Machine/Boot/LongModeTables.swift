import ByteCoding

/// The tables that a loader for 64-bit programs puts into memory: the first 4 GiB mapped to themselves in 2 MiB pages, and
/// flat segment descriptors.
struct LongModeTables {
    /// Physical address of the top table, for CR3.
    let root: UInt64
    /// Physical address of the descriptors, for GDTR.
    let descriptors: UInt64

    static let descriptorLimit: UInt16 = 31

    private static let presentWritable: UInt64 = 3
    private static let largePage: UInt64 = 0x80
    private static let page: UInt64 = 4096
    private static let directories = 4
    private static let entries = 512

    init(in plan: inout MemoryPlan) throws(MachineError) {
        let tables = UInt64(2 + Self.directories) * Self.page
        let root = try plan.place(size: tables, alignment: Self.page, .conventional, what: "page tables")
        var writer = ByteWriter(capacity: Int(tables))
        Self.write([root + Self.page | Self.presentWritable], to: &writer)
        Self.write(
            (0..<Self.directories).map { root + UInt64(2 + $0) * Self.page | Self.presentWritable },
            to: &writer
        )
        for number in 0..<Self.directories * Self.entries {
            writer.write(UInt64(number) << 21 | Self.largePage | Self.presentWritable)
        }
        plan.fill(writer.bytes, at: root)
        self.root = root
        descriptors = try plan.place(Self.descriptorBytes, alignment: 8, .conventional, what: "segment descriptors")
    }

    /// Writes one table that begins with these entries; the others are zero.
    private static func write(_ first: [UInt64], to writer: inout ByteWriter) {
        for entry in first + [UInt64](repeating: 0, count: entries - first.count) { writer.write(entry) }
    }

    /// Two empty descriptors, one for 64-bit code and one for data.
    private static var descriptorBytes: [UInt8] {
        var writer = ByteWriter()
        for descriptor: UInt64 in [0, 0, 0x00AF_9B00_0000_FFFF, 0x00CF_9300_0000_FFFF] { writer.write(descriptor) }
        return writer.bytes
    }
}
