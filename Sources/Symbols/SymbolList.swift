public import TraceFormat
internal import X86

/// A list of symbols as text, in the form of Linux's `System.map` and `/proc/kallsyms`, and of `nm`: an address, a letter and a
/// name in each line.
public enum SymbolList {
    /// Reads the symbols that name places, by rising address; nil if this is no such list. Behind a name there may be that of its
    /// module.
    public static func symbols(in text: String) -> [GuestSymbol]? {
        var symbols: [GuestSymbol] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count >= 3, words[1].count == 1, let address = UInt64(words[0], radix: 16) else { return nil }
            // Absolute symbols are numbers, and undefined ones are elsewhere.
            guard !["a", "A", "U"].contains(words[1]), symbols.count < GuestSymbol.mostInTrace else { continue }
            symbols.append(GuestSymbol(name: String(words[2]), address: GuestVirtualAddress(address), size: 0))
        }
        return symbols.isEmpty ? nil : symbols.sorted { ($0.address, $0.name) < ($1.address, $1.name) }
    }
}
