internal import X86

/// Finds the instructions of a guest's code that read hidden state, and the ports that its instructions name.
///
/// For some code it is known where it begins and in which mode it runs; this is decoded in order. Elsewhere an opcode
/// counts if decoding from most of the places before it, in one of the processor's modes, arrives at it. Decoding of
/// x86 code gets into step after a few instructions wherever it begins, so in code nearly all places agree.
struct HiddenInstructionScanner {
    /// How far before an opcode decoding begins, in bytes.
    private static let approach = 8...40

    private let bytes: [UInt8]
    private let limit: Int
    private let wanted: Set<HiddenInstruction>

    /// The instructions found so far, in order of their place.
    private(set) var findings: [Finding] = []
    /// The ports found so far in `OUT imm8, AL` that a trap could use too.
    private(set) var immediatePorts: Set<UInt8> = []

    /// - Parameters:
    ///   - wanted: which instructions to find.
    ///   - limit: the most instructions to find.
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

    /// Searches one part. Parts must come in ascending order.
    mutating func scan(_ code: CodeRange) {
        switch code.form {
        case .swept: sweep(code.range)
        case .searched: search(code.range)
        }
    }

    private mutating func sweep(_ range: Range<Int>) {
        let decoder = CodeDecoder(.long64)
        var offset = range.lowerBound
        while offset < range.upperBound, findings.count < limit {
            // Skip what is not an instruction.
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

    private mutating func take(_ meaning: CodeDecoder.Meaning?, at offset: Int) {
        switch meaning {
        case .out(let port): immediatePorts.insert(port)
        case .hidden(let code, _) where !wanted.contains(code.instruction): return
        case .hidden(let code, let prefixes): findings.append(Finding(offset: offset + prefixes, code: code))
        case nil: return
        }
    }

    /// Whether an instruction's bytes contain an opcode of interest.
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

    private func consensus(onOpcode opcode: Int, in range: Range<Int>) -> (offset: Int, CodeDecoder.Meaning)? {
        for mode in [ExecutionMode.long64, .protected32, .real] {
            let decoder = CodeDecoder(mode)
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
