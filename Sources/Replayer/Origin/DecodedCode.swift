internal import Engine
internal import GuestMemory
internal import X86

/// Instructions that were decoded for what they do to data, by their addresses.
struct DecodedCode {
    /// More than this are not kept.
    private static let most = 1 << 14

    private struct Key: Hashable {
        var address: GuestVirtualAddress
        var mode: ExecutionMode
    }

    private var known: [Key: (bytes: [UInt8], instruction: DataInstruction?)] = [:]

    /// The instruction that a processor executes next; nil if the code cannot be read.
    mutating func next(_ state: ProcessorState, in memory: GuestMemory, _ listing: CodeListing) -> DataInstruction? {
        let key = Key(address: state.instructionAddress, mode: state.mode)
        let bytes = memory.read(key.address, count: 15, in: state)
        if let found = known[key], found.bytes == bytes { return found.instruction }
        let instruction = DataInstruction(decoding: listing.original(bytes).0, mode: key.mode)
        if known.count >= Self.most { known = [:] }
        known[key] = (bytes, instruction)
        return instruction
    }
}
