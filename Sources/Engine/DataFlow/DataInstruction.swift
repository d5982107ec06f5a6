internal import CZydis
public import X86

/// An instruction, decoded for what it does to data.
public struct DataInstruction: Sendable {
    let mnemonic: ZydisMnemonic
    let mode: ExecutionMode
    /// Bytes.
    let length: Int
    let operands: [DataOperand]
    /// The flags that it reads.
    let testedFlags: UInt64
    /// The flags that it changes, other than those in ``constantFlags`` and ``undefinedFlags``.
    let changedFlags: UInt64
    /// The flags that the manuals leave undefined behind it: processors change them or keep them.
    let undefinedFlags: UInt64
    /// The flags that it always sets or always clears.
    let constantFlags: UInt64
    /// Whether it has a repeat prefix.
    let repeats: Bool
    /// The widths of its operands, addresses and stack pointer, in bits.
    let widths: Widths
    /// What it may write, as far as that is in registers and flags.
    public let written: RegisterSet

    struct Widths: Hashable {
        var operand: Int
        var address: Int
        var stack: Int
    }

    /// Decodes the first instruction of `bytes`; nil if they are not an instruction.
    public init?(decoding bytes: [UInt8], mode: ExecutionMode) {
        guard !bytes.isEmpty else { return nil }
        var decoder = ZydisDecoder(mode)
        var instruction = unsafe ZydisDecodedInstruction()
        var decoded = [ZydisDecodedOperand](repeating: ZydisDecodedOperand(), count: Int(ZYDIS_MAX_OPERAND_COUNT))
        // SAFETY: Zydis reads at most bytes.count bytes of the array, and fills the structures that it is given; only
        // plain numbers of its result are used, and a table of flags that is constant.
        let status = unsafe bytes.withUnsafeBytes {
            unsafe ZydisDecoderDecodeFull(&decoder, $0.baseAddress, $0.count, &instruction, &decoded)
        }
        // ZYAN_SUCCESS is a macro: bit 31 clear means success.
        guard status & 0x8000_0000 == 0 else { return nil }
        self.mode = mode
        mnemonic = unsafe instruction.mnemonic
        length = Int(unsafe instruction.length)
        operands = decoded.prefix(Int(unsafe instruction.operand_count)).map(DataOperand.init)
        repeats = unsafe instruction.attributes & Self.hasRepeat != 0
        widths = Widths(
            operand: Int(unsafe instruction.operand_width),
            address: Int(unsafe instruction.address_width),
            stack: Int(unsafe instruction.stack_width)
        )
        // SAFETY: the pointer leads into a table of the decoder, if there is one.
        let flags = unsafe instruction.cpu_flags.map { unsafe $0.pointee }
        testedFlags = UInt64(flags?.tested ?? 0) & Self.arithmeticFlags
        constantFlags = UInt64((flags?.set_0 ?? 0) | (flags?.set_1 ?? 0))
        undefinedFlags = UInt64(flags?.undefined ?? 0)
        changedFlags = UInt64(flags?.modified ?? 0) & ~undefinedFlags
        written = Self.written(operands, constantFlags | changedFlags | undefinedFlags, mnemonic, mode)
    }

    /// CF, PF, AF, ZF, SF and OF: the flags that are data. The rest only tell how to execute.
    static let arithmeticFlags: UInt64 = 0x8D5

    // ZYDIS_ATTRIB_HAS_REP, _REPE and _REPNE are macros of shifts that Swift does not import.
    private static let hasRepeat: UInt64 = 1 << 28 | 1 << 29 | 1 << 30

    /// Instructions that load many registers.
    static let loadsAll: Set<ZydisMnemonic.RawValue> = Set(
        [
            ZYDIS_MNEMONIC_FXRSTOR, ZYDIS_MNEMONIC_FXRSTOR64, ZYDIS_MNEMONIC_XRSTOR, ZYDIS_MNEMONIC_XRSTOR64,
            ZYDIS_MNEMONIC_XRSTORS, ZYDIS_MNEMONIC_XRSTORS64, ZYDIS_MNEMONIC_FNSAVE, ZYDIS_MNEMONIC_FRSTOR,
            ZYDIS_MNEMONIC_FNINIT,
        ].map(\.rawValue)
    )

    /// Instructions on strings in which RSI or RDI moves on, whatever the decoder says.
    static let strings: Set<ZydisMnemonic.RawValue> = Set(
        [
            ZYDIS_MNEMONIC_INSB, ZYDIS_MNEMONIC_INSW, ZYDIS_MNEMONIC_INSD, ZYDIS_MNEMONIC_OUTSB, ZYDIS_MNEMONIC_OUTSW,
            ZYDIS_MNEMONIC_OUTSD,
        ].map(\.rawValue)
    )

    private static func written(
        _ operands: [DataOperand],
        _ flags: UInt64,
        _ mnemonic: ZydisMnemonic,
        _ mode: ExecutionMode
    ) -> RegisterSet {
        var set = RegisterSet()
        set.insert(flags: flags)
        for operand in operands where operand.isWritten {
            switch operand.kind {
            case .register(let register, let first):
                let isCleared = operand.general != nil && operand.count == 4 && mode == .long64
                for number in first..<first + (isCleared ? 8 : operand.count) {
                    set.insert(.register(register, number))
                }
            case .stackTop: set.insertStack()
            default: break
            }
        }
        if strings.contains(mnemonic.rawValue) {
            for register in [GeneralRegister.rsi, .rdi, .rcx] {
                for number in 0..<8 { set.insert(.register(.general(register), number)) }
            }
        }
        return loadsAll.contains(mnemonic.rawValue) ? .all : set
    }
}
