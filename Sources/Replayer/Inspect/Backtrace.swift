public import TraceFormat
public import X86

/// The calls that led to a moment, as far as the guest's frame pointers tell.
///
/// A function whose compiler left out the frame pointer is missing, and so is what interrupted code did. The list ends
/// where a word cannot be a return address.
public struct Backtrace: Sendable {
    /// One call.
    public struct Frame: Hashable, Sendable, CustomStringConvertible {
        /// Where the call goes on; for the first frame, the next instruction.
        public var address: GuestVirtualAddress
        /// The name of the address, if it has one.
        public var symbol: String?

        /// The address and its name.
        public var description: String { "\(address)\(symbol.map { "  <\($0)>" } ?? "")" }
    }

    /// The innermost call first.
    public let frames: [Frame]

    /// How far one frame may be from the next, in bytes.
    private static let longestFrame: UInt64 = 1 << 20
    /// CALL has at most this many bytes (Intel SDM vol. 2, CALL: prefix, opcode, ModRM, SIB and displacement).
    private static let longestCall = 8

    /// Follows the frame pointers from RBP on, in protected and 64-bit mode.
    public init(_ view: inout some MachineView, symbols: SymbolTable, limit: Int = 64) throws(TraceError) {
        let state = view.state
        let width = state.stackWordSize
        var frames = [Frame(address: state.instructionAddress, symbol: symbols.name(of: state.instructionAddress))]
        var pointer = state[.rbp] & state.stackAddressMask
        var lowest = state[.rsp] & state.stackAddressMask
        let base = state.mode == .long64 ? 0 : state.segments.ss.base
        while width > 2, frames.count < limit {
            guard pointer >= lowest, pointer - lowest <= Self.longestFrame, pointer % UInt64(width) == 0 else { break }
            let words = try view.read(GuestVirtualAddress(base &+ pointer), count: 2 * width)
            guard words.count == 2 * width else { break }
            let address = GuestVirtualAddress(Array(words[width...]).littleEndian)
            guard try Self.followsCall(address, in: &view) else { break }
            frames.append(Frame(address: address, symbol: symbols.name(ofReturn: address)))
            lowest = pointer + UInt64(2 * width)
            pointer = Array(words[..<width]).littleEndian
        }
        self.frames = frames
    }

    /// Whether the bytes before an address are a near CALL: with a relative target, or through a register or memory.
    private static func followsCall(
        _ address: GuestVirtualAddress,
        in view: inout some MachineView
    ) throws(TraceError) -> Bool {
        guard address.rawValue >= UInt64(longestCall) else { return false }
        let start = GuestVirtualAddress(address.rawValue - UInt64(longestCall))
        let bytes = try view.read(start, count: longestCall)
        guard bytes.count == longestCall else { return false }
        if bytes[longestCall - 5] == 0xE8 { return true }
        return (2..<longestCall).contains { length in
            let opcode = longestCall - length
            return bytes[opcode] == 0xFF && bytes[opcode + 1] >> 3 & 7 == 2
        }
    }
}
