internal import Demangling
public import TraceFormat
public import X86

/// The names of a guest's code and data.
public struct SymbolTable: Sendable {
    private let symbols: [GuestSymbol]
    private let addresses: [String: GuestVirtualAddress]
    private let lines: (any SourceLines)?

    /// How far after a symbol of unknown size an address still belongs to the symbol.
    private static let reach: UInt64 = 0x10000

    /// All that is known of a trace's guest.
    public init(_ reader: TraceReader) throws(TraceError) {
        self.init(try reader.symbols(), lines: reader.sourceLines)
    }

    /// Makes a table of symbols, which may be in any order, and of source lines.
    public init(_ symbols: [GuestSymbol], lines: (any SourceLines)? = nil) {
        self.lines = lines
        self.symbols = symbols.sorted { ($0.address, $0.name) < ($1.address, $1.name) }
        addresses = Dictionary(symbols.map { ($0.name, $0.address) }) { first, _ in first }
    }

    /// The first address with this name.
    public func address(of name: String) -> GuestVirtualAddress? { addresses[name] }

    /// `name` or `name+0x12` for an address, the name in its readable form, and ` at FILE:LINE` behind it if the line is known; nil if no symbol covers it.
    public func name(of address: GuestVirtualAddress) -> String? {
        name(of: address, lineOf: address)
    }

    /// The same for where a call returns to, with the line of the call.
    public func name(ofReturn address: GuestVirtualAddress) -> String? {
        name(of: address, lineOf: GuestVirtualAddress(address.rawValue &- 1))
    }

    private func name(of address: GuestVirtualAddress, lineOf instruction: GuestVirtualAddress) -> String? {
        guard let place = place(of: address) else { return nil }
        var text = TextBuffer(capacity: 64, makesPrintable: false)
        append(place, lineOf: instruction, to: &text)
        return text.string
    }

    /// Appends ``name(of:)`` of a place that was looked up.
    public func append(
        _ place: (symbol: GuestSymbol, offset: UInt64),
        lineOf instruction: GuestVirtualAddress,
        to text: inout TextBuffer
    ) {
        text.append(DemangledName.of(place.symbol.name))
        if place.offset > 0 {
            text.append(words: "+")
            text.append(hexadecimal: place.offset)
        }
        if let line = lines?.sourceLine(of: instruction) {
            text.append(words: " at ")
            text.append("\(line)")
        }
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
