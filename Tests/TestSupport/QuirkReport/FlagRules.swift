import ByteCoding

/// Which simple rules the flags behind an instruction follow: what its `flags` line in a report says.
struct FlagRules {
    /// An instruction on RAX, RCX and RDX.
    struct Instruction: Sendable {
        var name: String
        var code: [UInt8]
        /// Bits of the result, which is in RAX.
        var width: UInt64
        var operands = Operands.any
    }

    /// What registers hold.
    enum Operands: Sendable {
        case any
        /// A count in CL from a range.
        case count(ClosedRange<UInt64>)
        /// A quotient that fits.
        case quotient
        /// RCX is 0, or is not.
        case zero, nonzero
    }

    private static let flags: [(name: String, bit: UInt64)] = [
        ("CF", 0), ("PF", 2), ("AF", 4), ("ZF", 6), ("SF", 7), ("OF", 11),
    ]

    /// What a flag may be: of operand, result, flags before and behind.
    private static let rules: [(name: String, holds: @Sendable (Trial) -> Bool)] = [
        ("0", { _ in false }), ("1", { _ in true }), ("before", { $0.before }),
        ("parity", { ($0.result & 0xFF).nonzeroBitCount & 1 == 0 }), ("zero", { $0.result == 0 }),
        ("sign", { $0.top($0.result) }), ("CF", { $0.carry }), ("sign^CF", { $0.top($0.result) != $0.carry }),
        ("sign^next", { $0.top($0.result) != $0.top($0.result << 1) }),
        ("operand sign", { $0.top($0.operand) }),
        ("operand sign^next", { $0.top($0.operand) != $0.top($0.operand << 1) }),
        ("operand sign^last", { $0.top($0.operand) != ($0.operand & 1 != 0) }),
        ("operand sign^CF before", { $0.top($0.operand) != $0.carryBefore }),
        ("operand sign^filler last", { $0.top($0.operand) != ($0.filler & 1 != 0) }),
    ]

    struct Trial {
        var operand: UInt64
        var filler: UInt64
        var result: UInt64
        var before: Bool
        var carryBefore: Bool
        var carry: Bool
        var width: UInt64

        func top(_ value: UInt64) -> Bool { value >> (width - 1) & 1 != 0 }
    }

    /// The rules that hold for each flag, in all of many trials.
    static func line(_ instruction: Instruction, _ random: inout Random) -> String {
        var holding = [[Bool]](repeating: [Bool](repeating: true, count: rules.count), count: flags.count)
        for _ in 0..<500 {
            var experiment = Experiment()
            set(&experiment, instruction, &random)
            let (before, operand, filler) = (experiment.flags, experiment.rax, experiment.rdx)
            experiment.run(instruction.code)
            guard experiment.vector < 0 else { return "exception \(experiment.vector)" }
            let mask = instruction.width == 64 ? UInt64.max : (1 << instruction.width) - 1
            for (index, flag) in flags.enumerated() {
                let trial = Trial(
                    operand: operand & mask,
                    filler: filler & mask,
                    result: experiment.rax & mask,
                    before: before >> flag.bit & 1 != 0,
                    carryBefore: before & 1 != 0,
                    carry: experiment.flags & 1 != 0,
                    width: instruction.width
                )
                let found = experiment.flags >> flag.bit & 1 != 0
                for (number, rule) in rules.enumerated() where rule.holds(trial) != found {
                    holding[index][number] = false
                }
            }
        }
        return flags.indices.map { index in
            let names = rules.indices.filter { holding[index][$0] }.map { rules[$0].name }
            return "\(flags[index].name)=\(names.isEmpty ? "?" : names.joined(separator: "|"))"
        }.joined(separator: ";")
    }

    private static func set(_ experiment: inout Experiment, _ instruction: Instruction, _ random: inout Random) {
        experiment.flags = random.next() & Experiment.arithmetic
        experiment.rax = random.value()
        experiment.rcx = random.value()
        experiment.rdx = random.value()
        switch instruction.operands {
        case .any: break
        case .count(let range): experiment.rcx = UInt64.random(in: range, using: &random)
        case .zero: experiment.rcx = 0
        case .nonzero: experiment.rcx = random.next() | 1 << (random.next() & 7)
        case .quotient:
            // Both fit, with and without a sign: a small dividend, and a divisor that is small too.
            experiment.rax = random.next() & 0x3F
            experiment.rdx = 0
            experiment.rcx = 1 + random.next() & 0x3F
        }
    }
}

/// Numbers that are the same in each run.
struct Random: RandomNumberGenerator {
    private var numbers = SplitMix64(seed: 1)

    mutating func next() -> UInt64 { numbers.next() }

    /// Any number, often a small one or one of few bits.
    mutating func value() -> UInt64 {
        switch next() & 3 {
        case 0: next() >> (next() & 63)
        case 1: 1 << (next() & 63)
        default: next()
        }
    }
}
