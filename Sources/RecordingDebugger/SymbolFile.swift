internal import GDBStub
internal import TraceFormat
internal import X86

/// An ELF file with a guest's symbols and no content, from which a debugger learns the names of addresses (System V ABI,
/// chapters 4 and 5).
struct SymbolFile {
    /// The file's bytes.
    private(set) var bytes: [UInt8] = []

    private let is64: Bool
    private var names: [UInt8] = [0]

    /// Symbols that are close together share a section.
    private struct Section {
        var start: UInt64
        var end: UInt64
    }

    /// Between the sections of two symbols lies more than this.
    private static let gap: UInt64 = 1 << 24
    private static let mostSections = 1024
    private static let reach: UInt64 = 16

    /// A file for symbols, of which there may be none: a client that knows of a file does not miss one.
    init(_ symbols: [GuestSymbol], width: RegisterLayout.Width) {
        is64 = width == .bits64
        let sorted = symbols.filter { is64 || $0.address.rawValue >> 32 == 0 }.sorted { $0.address < $1.address }
        let sections = Self.sections(of: sorted)
        var table = [UInt8](repeating: 0, count: is64 ? 24 : 16)
        for symbol in sorted {
            let address = symbol.address.rawValue
            let index = sections.lastIndex { $0.start <= address } ?? 0
            table += entry(symbol, section: index + 1, in: sections[index])
        }
        write(sections, table)
    }

    private static func sections(of symbols: [GuestSymbol]) -> [Section] {
        var sections: [Section] = []
        for symbol in symbols {
            let start = symbol.address.rawValue
            let (end, isTooLong) = start.addingReportingOverflow(max(symbol.size, reach))
            let last = isTooLong ? UInt64.max : end
            if let present = sections.last,
                start < present.end || start - present.end <= gap || sections.count == mostSections
            {
                sections[sections.count - 1].end = max(present.end, last)
            } else {
                sections.append(Section(start: start, end: last))
            }
        }
        return sections
    }

    private func put(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    private func word(_ value: UInt64) -> [UInt8] { put(value, is64 ? 8 : 4) }

    private mutating func name(_ text: String) -> UInt64 {
        defer { names += Array(text.utf8.filter { $0 != 0 }) + [0] }
        return UInt64(names.count)
    }

    /// A global function.
    private mutating func entry(_ symbol: GuestSymbol, section: Int, in place: Section) -> [UInt8] {
        let name = put(name(symbol.name), 4)
        let (value, size) = (word(symbol.address.rawValue), word(symbol.size))
        let kind: [UInt8] = [1 << 4 | 2, 0] + put(UInt64(section), 2)
        return is64 ? name + kind + value + size : name + value + size + kind
    }

    private mutating func write(_ sections: [Section], _ table: [UInt8]) {
        let headerSize = is64 ? 64 : 52
        var headers = header(type: 0)
        for section in sections {
            // SHT_NOBITS, SHF_ALLOC and SHF_EXECINSTR.
            headers += header(
                name: name(".text"),
                type: 8,
                flags: 6,
                address: section.start,
                size: section.end - section.start
            )
        }
        let (symbolName, stringName) = (name(".symtab"), name(".strtab"))
        let strings = headerSize + table.count
        headers += header(
            name: symbolName,
            type: 2,
            offset: headerSize,
            size: UInt64(table.count),
            link: sections.count + 2,
            info: 1,
            entrySize: is64 ? 24 : 16
        )
        headers += header(name: stringName, type: 3, offset: strings, size: UInt64(names.count))
        bytes = [0x7F, 0x45, 0x4C, 0x46, is64 ? 2 : 1, 1, 1] + [UInt8](repeating: 0, count: 9)
        // ET_EXEC for x86-64 or i386, without segments.
        bytes += put(2, 2) + put(is64 ? 62 : 3, 2) + put(1, 4) + word(0) + word(0)
        bytes += word(UInt64(strings + names.count)) + put(0, 4) + put(UInt64(headerSize), 2) + put(0, 4)
        bytes += put(is64 ? 64 : 40, 2) + put(UInt64(sections.count + 3), 2) + put(UInt64(sections.count + 2), 2)
        bytes += table + names + headers
    }

    private func header(
        name: UInt64 = 0,
        type: UInt64,
        flags: UInt64 = 0,
        address: UInt64 = 0,
        offset: Int = 0,
        size: UInt64 = 0,
        link: Int = 0,
        info: UInt64 = 0,
        entrySize: UInt64 = 0
    ) -> [UInt8] {
        put(name, 4) + put(type, 4) + word(flags) + word(address) + word(UInt64(offset)) + word(size)
            + put(UInt64(link), 4) + put(info, 4) + word(1) + word(entrySize)
    }
}
