public import TraceFormat
public import X86

/// The words on top of a guest's stack.
public struct StackListing: Sendable {
    /// One word.
    public struct Entry: Hashable, Sendable {
        /// The linear address of the word.
        public var address: GuestVirtualAddress
        /// The value of the word.
        public var value: UInt64
        /// How many bytes a word has: 2, 4 or 8.
        public var byteCount: Int
        /// The symbol whose address the word holds, if there is one.
        public var symbol: String?
    }

    /// The words, starting with the one that is popped first.
    public let entries: [Entry]

    /// Reads up to `limit` words, or fewer if the stack is not mapped.
    public init(_ view: inout some MachineView, symbols: SymbolTable, limit: Int) throws(TraceError) {
        let state = view.state
        let width = state.stackWordSize
        let address = state.stackAddress
        let bytes = try view.read(address, count: limit * width)
        var entries: [Entry] = []
        for start in stride(from: 0, to: bytes.count - bytes.count % width, by: width) {
            let value = Array(bytes[start..<start + width]).littleEndian
            entries.append(
                Entry(
                    address: GuestVirtualAddress(address.rawValue &+ UInt64(start)),
                    value: value,
                    byteCount: width,
                    symbol: symbols.name(of: GuestVirtualAddress(value))
                )
            )
        }
        self.entries = entries
    }
}
