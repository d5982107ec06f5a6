/// The header with which a program asks for Multiboot 2 (Multiboot2 Specification 2.0, 3.1).
struct Multiboot2Header {
    static let magic: UInt32 = 0xE852_50D6
    /// The header must lie within this many bytes from the start of the file.
    private static let searched: UInt64 = 32768

    /// What a tag asks for.
    private enum Tag: UInt16 {
        case end = 0
        case information = 1
        case addresses = 2
        case entry = 3
        case console = 4
        case framebuffer = 5
        case pageAlignedModules = 6
        case bootServices = 7
        case entry32EFI = 8
        case entry64EFI = 9
        case relocatable = 10
    }

    /// The kinds of information that the specification names. A request for one of them is fulfilled, even if this
    /// machine has nothing to report.
    private static let knownInformation: ClosedRange<UInt32> = 0...21

    private(set) var addresses: LoadAddresses?
    private(set) var entry: UInt32?

    /// Where the header is in a file; nil if there is none.
    static func offset(in file: ImageReader) throws(MachineError) -> UInt64? {
        var offset: UInt64 = 0
        while offset < searched, let magic = file.integerIfPresent(UInt32.self, at: offset) {
            if magic == Self.magic,
                let architecture = file.integerIfPresent(UInt32.self, at: offset + 4),
                let length = file.integerIfPresent(UInt32.self, at: offset + 8),
                let checksum = file.integerIfPresent(UInt32.self, at: offset + 12),
                magic &+ architecture &+ length &+ checksum == 0
            {
                return offset
            }
            offset += 8
        }
        return nil
    }

    init(_ file: ImageReader) throws(MachineError) {
        guard let offset = try Self.offset(in: file) else {
            throw .malformed("guest", "its first 32 KiB have no multiboot 2 header")
        }
        let what = "the multiboot 2 header"
        let architecture: UInt32 = try file.integer(at: offset + 4, what)
        guard architecture == 0 else {
            throw .unsupported("a multiboot 2 header for architecture \(architecture); it must be for x86")
        }
        let length: UInt32 = try file.integer(at: offset + 8, what)
        let end = UInt64(try file.range(at: offset, count: UInt64(length), what).upperBound)
        var position = offset + 16
        while position + 8 <= end {
            let kind: UInt16 = try file.integer(at: position, what)
            let flags: UInt16 = try file.integer(at: position + 2, what)
            let size: UInt32 = try file.integer(at: position + 4, what)
            guard size >= 8, UInt64(size) <= end - position else {
                throw .malformed(
                    "multiboot 2 header",
                    "tag \(kind) has \(size) bytes, but only \(end - position) are left"
                )
            }
            if kind == Tag.end.rawValue { return }
            try take(kind, isOptional: flags & 1 != 0, file, headerOffset: offset, at: position, size: size)
            position = (position + UInt64(size) + 7) & ~7
        }
    }

    private mutating func take(
        _ kind: UInt16,
        isOptional: Bool,
        _ file: ImageReader,
        headerOffset: UInt64,
        at position: UInt64,
        size: UInt32
    ) throws(MachineError) {
        func field(_ index: UInt64) throws(MachineError) -> UInt32 {
            guard 8 + index * 4 + 4 <= UInt64(size) else {
                throw .malformed("multiboot 2 header", "tag \(kind) has only \(size) bytes")
            }
            return try file.integer(at: position + 8 + index * 4, "a tag of the multiboot 2 header")
        }
        switch Tag(rawValue: kind) {
        case .information:
            for index in 0..<(UInt64(size) - 8) / 4 {
                let wanted = try field(index)
                guard Self.knownInformation.contains(wanted) || isOptional else {
                    throw .unsupported("a multiboot 2 header that requires information of the unknown kind \(wanted)")
                }
            }
        case .addresses:
            addresses = LoadAddresses(
                headerOffset: headerOffset,
                header: try field(0),
                load: try field(1),
                loadEnd: try field(2),
                bssEnd: try field(3),
                entry: 0
            )
        case .entry: entry = try field(0)
        // These need no work: there is a text screen, modules are always aligned, the program goes where it says, and
        // there is no EFI.
        case .console, .framebuffer, .pageAlignedModules, .relocatable, .bootServices, .entry32EFI, .entry64EFI, .end:
            break
        case nil:
            guard isOptional else {
                throw .unsupported("a multiboot 2 header that requires the unknown tag \(kind)")
            }
        }
    }
}
