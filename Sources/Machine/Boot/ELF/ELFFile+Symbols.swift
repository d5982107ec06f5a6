import ByteCoding
public import X86

/// A name in a guest's program.
public struct ProgramSymbol: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The linear address of the first byte.
    public var address: GuestVirtualAddress
    /// The size in bytes; 0 where it is not known.
    public var size: UInt64

    /// Makes a symbol of its parts.
    public init(name: String, address: GuestVirtualAddress, size: UInt64) {
        (self.name, self.address, self.size) = (name, address, size)
    }
}

extension ELFFile {
    /// The most symbols that are kept; the rest of a larger table is left out.
    private static let symbolLimit = 1 << 20
    /// The longest name in bytes; a symbol with a longer one is left out.
    private static let nameLimit = 4096
    private static let symbolTable: UInt32 = 2
    /// The kinds of symbols that name places: those without a type, data and functions.
    private static let namedKinds: ClosedRange<UInt8> = 0...2
    /// Section indices from here on have special meanings.
    private static let reservedIndices: UInt16 = 0xFF00

    /// The names of functions, data and labels, by rising address. A broken table gives as many as are whole.
    var symbols: [ProgramSymbol] {
        var symbols: [ProgramSymbol] = []
        for table in sections where table.kind == Self.symbolTable && Int(table.link) < sections.count {
            append(to: &symbols, from: table, names: sections[Int(table.link)])
        }
        return symbols.sorted { ($0.address, $0.name) < ($1.address, $1.name) }
    }

    private func append(to symbols: inout [ProgramSymbol], from table: Section, names: Section) {
        guard let range = try? file.range(at: table.offset, count: table.size, "the symbol table"),
            let nameRange = try? file.range(at: names.offset, count: names.size, "the symbol names")
        else { return }
        var cursor = ByteCursor(file.bytes.rawSpan.extracting(range))
        while symbols.count < Self.symbolLimit, let entry = try? readSymbol(&cursor) {
            let isPlace =
                Self.namedKinds.contains(entry.info & 0xF)
                && entry.section != 0 && entry.section < Self.reservedIndices
            guard isPlace, UInt64(entry.name) < names.size,
                let name = file.text(
                    at: names.offset + UInt64(entry.name),
                    end: UInt64(nameRange.upperBound),
                    limit: Self.nameLimit
                ), !name.isEmpty
            else { continue }
            symbols.append(ProgramSymbol(name: name, address: GuestVirtualAddress(entry.value), size: entry.size))
        }
    }

    private struct SymbolEntry {
        var name: UInt32
        var info: UInt8
        var section: UInt16
        var value: UInt64
        var size: UInt64
    }

    private func readSymbol(_ cursor: inout ByteCursor) throws(ByteCodingError) -> SymbolEntry {
        let name: UInt32 = try cursor.read()
        guard !is64Bit else {
            let info: UInt8 = try cursor.read()
            _ = try cursor.read(UInt8.self)
            let section: UInt16 = try cursor.read()
            let value: UInt64 = try cursor.read()
            return SymbolEntry(name: name, info: info, section: section, value: value, size: try cursor.read())
        }
        let value: UInt32 = try cursor.read()
        let size: UInt32 = try cursor.read()
        let info: UInt8 = try cursor.read()
        _ = try cursor.read(UInt8.self)
        let section: UInt16 = try cursor.read()
        return SymbolEntry(name: name, info: info, section: section, value: UInt64(value), size: UInt64(size))
    }
}
