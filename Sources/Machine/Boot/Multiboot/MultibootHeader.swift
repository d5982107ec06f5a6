import Engine
internal import GuestMemory

/// The header with which a program asks for Multiboot 1 (Multiboot Specification 0.6.96, 3.1).
struct MultibootHeader {
    static let magic: UInt32 = 0x1BAD_B002
    /// The header must lie within this many bytes from the start of the file.
    private static let searched: UInt64 = 8192

    /// What a program asks for. A loader must understand bits 0 to 15, and may ignore bits 16 to 31.
    struct Flags: OptionSet {
        let rawValue: UInt32

        static let pageAlignedModules = Self(rawValue: 1 << 0)
        static let memoryInformation = Self(rawValue: 1 << 1)
        static let videoInformation = Self(rawValue: 1 << 2)
        static let addresses = Self(rawValue: 1 << 16)

        static let understood: Self = [.pageAlignedModules, .memoryInformation, .videoInformation, .addresses]
        static let mandatory = Self(rawValue: 0xFFFF)
    }

    let flags: Flags
    /// Where the file's bytes go, if the header says so.
    let addresses: LoadAddresses?

    /// Where the header is in a file; nil if there is none.
    static func offset(in file: ImageReader) throws(MachineError) -> UInt64? {
        var offset: UInt64 = 0
        while offset < searched,
            let magic = file.integerIfPresent(UInt32.self, at: offset),
            let flags = file.integerIfPresent(UInt32.self, at: offset + 4),
            let checksum = file.integerIfPresent(UInt32.self, at: offset + 8)
        {
            if magic == Self.magic, magic &+ flags &+ checksum == 0 { return offset }
            offset += 4
        }
        return nil
    }

    init(_ file: ImageReader) throws(MachineError) {
        guard let offset = try Self.offset(in: file) else {
            throw .malformed("guest", "its first 8 KiB have no multiboot header")
        }
        flags = Flags(rawValue: try file.integer(at: offset + 4, "the multiboot header"))
        let unknown = flags.intersection(.mandatory).subtracting(.understood)
        guard unknown.isEmpty else {
            throw .unsupported("a multiboot header that requires flags 0x\(String(unknown.rawValue, radix: 16))")
        }
        guard flags.contains(.addresses) else {
            addresses = nil
            return
        }
        let fields = try (0..<5).map { index throws(MachineError) in
            try file.integer(UInt32.self, at: offset + 12 + UInt64(index) * 4, "the multiboot header")
        }
        addresses = LoadAddresses(
            headerOffset: offset,
            header: fields[0],
            load: fields[1],
            loadEnd: fields[2],
            bssEnd: fields[3],
            entry: fields[4]
        )
    }
}

/// Where a multiboot header puts a file that is not ELF, or whose ELF headers it overrides.
struct LoadAddresses {
    /// Where the header is in the file.
    var headerOffset: UInt64
    /// Where the header is in memory.
    var header: UInt32
    /// Where loading begins; in Multiboot 2, all ones means the file's first byte.
    var load: UInt32
    /// One past the last loaded byte; 0 for the whole file.
    var loadEnd: UInt32
    /// One past the last of the zeros that follow; 0 for none.
    var bssEnd: UInt32
    /// Where execution begins.
    var entry: UInt32

    /// Puts the file's bytes where the addresses say.
    func load(_ file: ImageReader, into plan: inout MemoryPlan) throws(MachineError) {
        let firstByte = Int64(header) - Int64(headerOffset)
        let start = load == .max ? firstByte : Int64(load)
        guard start >= firstByte, start >= 0, load == .max || load <= header else {
            throw .malformed(
                "multiboot header",
                "it is loaded at 0x\(String(header, radix: 16)), below the load address"
            )
        }
        let offset = UInt64(start - firstByte)
        guard offset <= file.count else {
            throw .malformed("multiboot header", "loading begins past the end of the file")
        }
        guard loadEnd == 0 || Int64(loadEnd) >= start else {
            throw .malformed("multiboot header", "loading ends before it begins")
        }
        let count = loadEnd == 0 ? file.count - offset : UInt64(Int64(loadEnd) - start)
        let bytes = try file.copy(at: offset, count: count, "the part that the multiboot header loads")
        let end = UInt64(start) + count
        guard bssEnd == 0 || UInt64(bssEnd) >= end else {
            throw .malformed("multiboot header", "its zeros end before its bytes")
        }
        try plan.put(
            bytes,
            size: bssEnd == 0 ? count : UInt64(bssEnd) - UInt64(start),
            at: UInt64(start),
            code: [CodeRange(bytes.indices, .searched)],
            what: "multiboot program"
        )
    }
}
