public import Engine
internal import GuestMemory
internal import RecordedMachine
public import TraceFormat
public import X86

/// Shows a guest's code as its author wrote it: with symbol names, and with the guest's own instructions where the
/// recorder replaced them by trapping ones.
public struct CodeListing: Sendable {
    let patches: [TraceHeader.CodePatch]
    private let trapBasePort: UInt8?
    /// Names of addresses.
    public let symbols: SymbolTable

    /// One instruction of a listing.
    public struct Line: Hashable, Sendable, CustomStringConvertible {
        /// The instruction, with the guest's own bytes.
        public var instruction: Instruction
        /// The symbol name of its address, if there is one.
        public var symbol: String?
        /// Whether the recorder replaced it by an instruction that traps.
        public var isTrapped: Bool

        /// Address, bytes and text.
        public var description: String {
            let bytes = instruction.bytes.map(Self.hexadecimal).joined(separator: " ")
            let padding = String(repeating: " ", count: max(1, 24 - bytes.count))
            let name = symbol.map { "  <\($0)>" } ?? ""
            return
                "\(instruction.address)\(name)  \(bytes)\(padding)\(instruction.text)\(isTrapped ? "  (trapped)" : "")"
        }

        private static func hexadecimal(_ byte: UInt8) -> String {
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
    }

    /// A listing for the guest of a trace.
    public init(_ reader: TraceReader) throws(TraceError) {
        patches = reader.header.patches
        trapBasePort = reader.header.trapBasePort
        symbols = try SymbolTable(reader)
    }

    /// The instructions from an address on, at most `limit`. The list ends where nothing is mapped or where the bytes
    /// are not a valid instruction.
    public func lines(
        at address: GuestVirtualAddress,
        in view: inout some MachineView,
        limit: Int
    ) throws(TraceError) -> [Line] {
        var lines: [Line] = []
        var next = address
        while lines.count < limit {
            let present = try view.read(next, count: Self.longestInstruction)
            let (bytes, isTrapped) = original(present)
            guard let instruction = Instruction(decoding: bytes, at: next, mode: view.state.mode) else { break }
            lines.append(Line(instruction: instruction, symbol: symbols.name(of: next), isTrapped: isTrapped))
            next = GuestVirtualAddress(next.rawValue &+ UInt64(instruction.bytes.count))
        }
        return lines
    }

    private static let longestInstruction = 15

    /// The guest's own bytes for the bytes in its memory. A replacement itself identifies what it replaces, even if the
    /// guest has copied it elsewhere.
    func original(_ bytes: [UInt8]) -> ([UInt8], isTrapped: Bool) {
        let prefixes = bytes.prefix { Self.isPrefix($0) }.count
        if let trapBasePort, let code = TrapCode(Array(bytes[prefixes...]), basePort: trapBasePort),
            bytes[prefixes...].starts(with: code.bytes(basePort: trapBasePort))
        {
            return (bytes[..<prefixes] + code.originalBytes + bytes[(prefixes + code.length)...], true)
        }
        return (bytes, false)
    }

    /// Operand and address size, repeat, lock and segment prefixes (Intel SDM vol. 2, 2.1.1).
    private static func isPrefix(_ byte: UInt8) -> Bool {
        [0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65].contains(byte)
    }
}
