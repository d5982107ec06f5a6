package import CZydis
public import GuestMemory
public import X86

/// One decoded guest instruction.
public struct Instruction: Hashable, Sendable {
    /// Where it starts.
    public var address: GuestVirtualAddress
    /// Its bytes, 1 to 15.
    public var bytes: [UInt8]
    /// Its text in Intel syntax.
    public var text: String
    /// It is an INS or OUTS with a repeat prefix.
    public var isRepeatedPortString: Bool
    /// It is an OUT or OUTS.
    public var writesPort: Bool
    /// It writes to memory, if its condition holds.
    public var writesMemory: Bool
    /// It is a WRMSR, of either form.
    public var writesModelSpecific: Bool
    /// The flags of RFLAGS that the manuals leave undefined behind it.
    public var undefinedFlags: UInt64
    /// The manuals leave the last bits of its result open.
    public var isApproximate: Bool

    /// Decodes the first instruction of `bytes`; nil if they are not an instruction.
    public init?(decoding bytes: [UInt8], at address: GuestVirtualAddress, mode: ExecutionMode) {
        var decoded = unsafe ZydisDisassembledInstruction()
        // SAFETY: Zydis reads at most bytes.count bytes of the array and fills the structure it is given.
        let status = unsafe bytes.withUnsafeBytes {
            unsafe ZydisDisassembleIntel(mode.zydisMachineMode, address.rawValue, $0.baseAddress, $0.count, &decoded)
        }
        // ZYAN_SUCCESS is a macro: bit 31 clear means success.
        guard status & 0x8000_0000 == 0 else { return nil }
        self.address = address
        self.bytes = Array(bytes.prefix(Int(unsafe decoded.info.length)))
        // SAFETY: Zydis ends the text with a zero within the array's fixed size.
        text = unsafe withUnsafeBytes(of: decoded.text) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let isPortString = unsafe Self.portStrings.contains(decoded.info.mnemonic)
        let repeats = unsafe decoded.info.attributes & (Self.hasREP | Self.hasREPNE) != 0
        isRepeatedPortString = isPortString && repeats
        writesPort = unsafe Self.portWrites.contains(decoded.info.mnemonic)
        writesModelSpecific = unsafe Self.registerWrites.contains(decoded.info.mnemonic)
        isApproximate = unsafe Self.approximations.contains(decoded.info.mnemonic)
        // SAFETY: the pointer leads into a table of the decoder, if there is one.
        undefinedFlags = unsafe decoded.info.cpu_flags.map { UInt64(unsafe $0.pointee.undefined) } ?? 0
        // SAFETY: the operands are an array of fixed size; the first operand_count of them are valid.
        writesMemory = unsafe withUnsafeBytes(of: decoded.operands) { operands in
            unsafe operands.bindMemory(to: ZydisDecodedOperand.self).prefix(Int(decoded.info.operand_count)).contains {
                $0.type == ZYDIS_OPERAND_TYPE_MEMORY && $0.actions & Self.writeActions != 0
            }
        }
    }

    private static var portWrites: [ZydisMnemonic] {
        [ZYDIS_MNEMONIC_OUT, ZYDIS_MNEMONIC_OUTSB, ZYDIS_MNEMONIC_OUTSW, ZYDIS_MNEMONIC_OUTSD]
    }

    private static var registerWrites: [ZydisMnemonic] { [ZYDIS_MNEMONIC_WRMSR] }

    private static var approximations: [ZydisMnemonic] {
        [
            ZYDIS_MNEMONIC_RCPSS, ZYDIS_MNEMONIC_RCPPS, ZYDIS_MNEMONIC_RSQRTSS, ZYDIS_MNEMONIC_RSQRTPS,
            ZYDIS_MNEMONIC_F2XM1, ZYDIS_MNEMONIC_FYL2X, ZYDIS_MNEMONIC_FYL2XP1, ZYDIS_MNEMONIC_FPATAN,
            ZYDIS_MNEMONIC_FSIN, ZYDIS_MNEMONIC_FCOS, ZYDIS_MNEMONIC_FSINCOS, ZYDIS_MNEMONIC_FPTAN,
        ]
    }

    /// A write, or a conditional one.
    private static var writeActions: UInt8 {
        UInt8(truncatingIfNeeded: ZYDIS_OPERAND_ACTION_WRITE.rawValue | ZYDIS_OPERAND_ACTION_CONDWRITE.rawValue)
    }

    private static var portStrings: [ZydisMnemonic] {
        [
            ZYDIS_MNEMONIC_INSB, ZYDIS_MNEMONIC_INSW, ZYDIS_MNEMONIC_INSD, ZYDIS_MNEMONIC_OUTSB, ZYDIS_MNEMONIC_OUTSW,
            ZYDIS_MNEMONIC_OUTSD,
        ]
    }

    // ZYDIS_ATTRIB_HAS_REP, _REPE and _REPNE are macros of shifts that Swift does not import.
    private static let hasREP: UInt64 = 1 << 28 | 1 << 29
    private static let hasREPNE: UInt64 = 1 << 30
}

extension GuestMemory {
    /// Decodes at most `limit` instructions, from the processor's next one on. Stops at bytes that are not an
    /// instruction.
    public func instructions(at state: ProcessorState, limit: Int) -> [Instruction] {
        var result: [Instruction] = []
        var address = state.instructionAddress
        while result.count < limit,
            let instruction = Instruction(
                decoding: read(address, count: 15, in: state),
                at: address,
                mode: state.mode
            )
        {
            result.append(instruction)
            address = GuestVirtualAddress(address.rawValue &+ UInt64(instruction.bytes.count))
        }
        return result
    }
}

extension ZydisDecoder {
    /// Decodes code that executes in this mode.
    package init(_ mode: ExecutionMode) {
        self.init()
        unsafe ZydisDecoderInit(&self, mode.zydisMachineMode, mode.zydisStackWidth)
    }
}
