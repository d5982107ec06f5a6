internal import CZydis
internal import X86

/// Finds the instructions of a guest's code that read hidden state, and the ports that it names in instructions.
///
/// Where code begins and in which mode it runs is known for some code, which is decoded in order. Elsewhere an opcode counts
/// if decoding arrives at it: from most of the places before it, in one of the processor's modes. x86 code falls into step
/// after a few instructions wherever decoding begins, so in code nearly all places agree.
struct HiddenInstructionScanner {
    /// How far before an opcode decoding begins, in bytes.
    private static let approach = 8...40

    private let bytes: [UInt8]
    private let limit: Int
    private let wanted: Set<HiddenInstruction>

    /// The instructions found so far, in order of their place.
    private(set) var findings: [Finding] = []
    /// The ports of `OUT imm8, AL` found so far that a trap could use too.
    private(set) var immediatePorts: Set<UInt8> = []

    /// - Parameters:
    ///   - wanted: which instructions to find.
    ///   - limit: how many of them at most.
    init(_ bytes: [UInt8], wanted: Set<HiddenInstruction>, limit: Int) {
        self.bytes = bytes
        self.wanted = wanted
        self.limit = limit
    }

    /// An instruction that was found.
    struct Finding: Hashable {
        var offset: Int
        var code: TrapCode
    }

    /// Searches one part; parts must come in rising order.
    mutating func scan(_ code: CodeRange) {
        switch code.form {
        case .swept: sweep(code.range)
        case .searched: search(code.range)
        }
    }

    private mutating func sweep(_ range: Range<Int>) {
        let decoder = Decoder(.long64)
        var offset = range.lowerBound
        while offset < range.upperBound, findings.count < limit {
            // What is no instruction is passed over.
            guard let length = decoder.length(bytes, at: offset, end: range.upperBound) else {
                offset += 1
                continue
            }
            if mayMatter(offset..<offset + length) {
                take(decoder.meaning(bytes, at: offset, end: range.upperBound), at: offset)
            }
            offset += length
        }
    }

    private mutating func search(_ range: Range<Int>) {
        var end = range.lowerBound
        for opcode in range.dropLast() where isOpcode(at: opcode) && opcode >= end && findings.count < limit {
            guard let (offset, meaning) = consensus(onOpcode: opcode, in: range), offset >= end else { continue }
            take(meaning, at: offset)
            if let last = findings.last { end = max(end, last.offset + last.code.length) }
        }
    }

    private mutating func take(_ meaning: Decoder.Meaning?, at offset: Int) {
        switch meaning {
        case .out(let port): immediatePorts.insert(port)
        case .hidden(let code, _) where !wanted.contains(code.instruction): return
        case .hidden(let code, let prefixes): findings.append(Finding(offset: offset + prefixes, code: code))
        case nil: return
        }
    }

    /// Whether an instruction's bytes contain an opcode that is looked for.
    private func mayMatter(_ instruction: Range<Int>) -> Bool {
        instruction.contains { $0 + 1 < bytes.count && isOpcode(at: $0) }
    }

    /// 0F 31, 0F 33, 0F 01 F9, 0F C7 /6 and /7 with a register operand (Intel SDM vol. 2), and E6 with a port that a trap
    /// could use.
    private func isOpcode(at offset: Int) -> Bool {
        let next = bytes[offset + 1]
        guard bytes[offset] == 0x0F else {
            return bytes[offset] == TrapCode.out && CodePatcher.basePorts.contains(next & ~3)
        }
        let operand = offset + 2 < bytes.count ? bytes[offset + 2] : 0
        switch next {
        case 0x31, 0x33: return true
        case 0x01: return operand == 0xF9
        case 0xC7: return operand >= 0xF0
        default: return false
        }
    }

    private func consensus(onOpcode opcode: Int, in range: Range<Int>) -> (offset: Int, Decoder.Meaning)? {
        for mode in [ExecutionMode.long64, .protected32, .real] {
            let decoder = Decoder(mode)
            var votes: [Int: Int] = [:]
            let starts = Set(Self.approach.map { max(range.lowerBound, opcode - $0) })
            for start in starts {
                guard let offset = decoder.step(bytes, from: start, over: opcode, end: range.upperBound) else {
                    continue
                }
                votes[offset, default: 0] += 1
            }
            guard let (offset, count) = votes.max(by: { $0.value < $1.value }), count * 3 > starts.count * 2 else {
                continue
            }
            if let meaning = decoder.meaning(bytes, at: offset, end: range.upperBound) { return (offset, meaning) }
        }
        return nil
    }
}

/// Decodes in one mode, as little as is needed.
private struct Decoder {
    /// What an instruction means to the scanner.
    enum Meaning: Hashable {
        /// It reads hidden state; behind this many bytes of prefixes, which stay as they are.
        case hidden(TrapCode, prefixes: Int)
        /// It writes to the port in its second byte.
        case out(port: UInt8)
    }

    private let decoder: ZydisDecoder

    init(_ mode: ExecutionMode) {
        var decoder = ZydisDecoder()
        let machineMode =
            switch mode {
            case .real: ZYDIS_MACHINE_MODE_REAL_16
            case .protected16: ZYDIS_MACHINE_MODE_LONG_COMPAT_16
            case .protected32: ZYDIS_MACHINE_MODE_LONG_COMPAT_32
            case .long64: ZYDIS_MACHINE_MODE_LONG_64
            }
        let stack =
            switch mode {
            case .real, .protected16: ZYDIS_STACK_WIDTH_16
            case .protected32: ZYDIS_STACK_WIDTH_32
            case .long64: ZYDIS_STACK_WIDTH_64
            }
        unsafe ZydisDecoderInit(&decoder, machineMode, stack)
        self.decoder = decoder
    }

    /// The length of the instruction at an offset; nil if there is none.
    func length(_ bytes: [UInt8], at offset: Int, end: Int) -> Int? {
        guard let instruction = unsafe decode(bytes, at: offset, end: end) else { return nil }
        return Int(unsafe instruction.length)
    }

    /// Decodes from `start` on; where the instruction begins that the byte at `target` is part of.
    func step(_ bytes: [UInt8], from start: Int, over target: Int, end: Int) -> Int? {
        var offset = start
        while offset <= target {
            guard let length = length(bytes, at: offset, end: end) else {
                offset += 1
                continue
            }
            if offset + length > target { return offset }
            offset += length
        }
        return nil
    }

    /// What the instruction at an offset means; nil for one that does not matter.
    func meaning(_ bytes: [UInt8], at offset: Int, end: Int) -> Meaning? {
        guard let instruction = unsafe decode(bytes, at: offset, end: end) else { return nil }
        let length = Int(unsafe instruction.length)
        let kind: HiddenInstruction
        let mnemonic = unsafe instruction.mnemonic
        switch mnemonic {
        case ZYDIS_MNEMONIC_OUT:
            return bytes[offset + length - 2] == TrapCode.out ? .out(port: bytes[offset + length - 1]) : nil
        case ZYDIS_MNEMONIC_RDTSC: return .hidden(TrapCode(instruction: .rdtsc, length: 2), prefixes: length - 2)
        case ZYDIS_MNEMONIC_RDPMC: return .hidden(TrapCode(instruction: .rdpmc, length: 2), prefixes: length - 2)
        case ZYDIS_MNEMONIC_RDTSCP: return .hidden(TrapCode(instruction: .rdtscp, length: length), prefixes: 0)
        case ZYDIS_MNEMONIC_RDRAND: kind = .rdrand
        case ZYDIS_MNEMONIC_RDSEED: kind = .rdseed
        case ZYDIS_MNEMONIC_RDPID: kind = .rdpid
        default: return nil
        }
        // ModRM is the last byte; its register operand is in R/M, extended by REX.B.
        let extended = unsafe instruction.raw.rex.B != 0 ? 8 : 0
        let number = Int(bytes[offset + length - 1] & 7) + extended
        guard let destination = GeneralRegister(rawValue: number),
            let size = AccessSize(rawValue: unsafe instruction.operand_width / 8)
        else { return nil }
        return .hidden(
            TrapCode(instruction: kind, length: length, destination: destination, size: size),
            prefixes: 0
        )
    }

    private func decode(_ bytes: [UInt8], at offset: Int, end: Int) -> ZydisDecodedInstruction? {
        var decoder = decoder
        var context = unsafe ZydisDecoderContext()
        var instruction = unsafe ZydisDecodedInstruction()
        // SAFETY: Zydis reads at most the bytes that are left up to `end`, which is within the array, and fills the
        // structures it is given; of its result only plain numbers are used.
        let status = unsafe bytes.withUnsafeBytes {
            unsafe ZydisDecoderDecodeInstruction(
                &decoder,
                &context,
                $0.baseAddress! + offset,
                end - offset,
                &instruction
            )
        }
        // ZYAN_SUCCESS is a macro: bit 31 clear means success.
        guard status & 0x8000_0000 == 0 else { return nil }
        return unsafe instruction
    }
}
