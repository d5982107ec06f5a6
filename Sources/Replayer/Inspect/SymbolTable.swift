public import TraceFormat
public import X86

/// The names of a guest's code and data.
public struct SymbolTable: Sendable {
    private let symbols: [GuestSymbol]
    private let addresses: [String: GuestVirtualAddress]

    /// How far after a symbol of unknown size an address still belongs to the symbol.
    private static let reach: UInt64 = 0x10000

    /// Makes a table of a trace's symbols, which may be in any order.
    public init(_ symbols: [GuestSymbol]) {
        self.symbols = symbols.sorted { ($0.address, $0.name) < ($1.address, $1.name) }
        addresses = Dictionary(symbols.map { ($0.name, $0.address) }) { first, _ in first }
    }

    /// The first address with this name.
    public func address(of name: String) -> GuestVirtualAddress? { addresses[name] }

    /// `name` or `name+0x12` for an address; nil if no symbol covers it.
    public func name(of address: GuestVirtualAddress) -> String? {
        guard let (symbol, offset) = place(of: address) else { return nil }
        return offset == 0 ? symbol.name : "\(symbol.name)+0x\(String(offset, radix: 16))"
    }

    /// The symbol that covers an address, and how many bytes after the symbol's own address it is; nil if there is none.
    public func place(of address: GuestVirtualAddress) -> (symbol: GuestSymbol, offset: UInt64)? {
        var (low, high) = (0, symbols.count)
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let symbol = symbols[low - 1]
        let offset = address.rawValue - symbol.address.rawValue
        guard offset < (symbol.size == 0 ? Self.reach : symbol.size) else { return nil }
        return (symbol, offset)
    }
}
