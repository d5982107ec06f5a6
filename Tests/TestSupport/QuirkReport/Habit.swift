/// A habit that `Quirks` has a member for, and how a processor shows whether it has it.
struct Habit: Sendable {
    /// The member's name.
    let name: String
    /// Whether one trial is as with the habit, and whether it is as without it.
    let trial: @Sendable (inout Random) -> (with: Bool, without: Bool)

    /// `yes`, `no`, or `other` where trials show neither.
    func answer(_ random: inout Random) -> String {
        var with = true
        var without = true
        for _ in 0..<200 {
            let found = trial(&random)
            with = with && found.with
            without = without && found.without
        }
        return with == without ? "other" : with ? "yes" : "no"
    }
}

/// Executes an instruction with random registers: the experiment before and behind.
private func experiment(
    _ code: [UInt8],
    _ random: inout Random,
    _ prepare: (inout Experiment) -> Void = { _ in }
) -> (before: Experiment, behind: Experiment) {
    var before = Experiment()
    before.rax = random.next()
    before.rcx = random.next()
    before.rdx = random.next()
    before.flags = random.next() & Experiment.arithmetic
    prepare(&before)
    var behind = before
    behind.run(code)
    return (before, behind)
}

extension Habit {
    private static let carry: UInt64 = 1 << 0
    private static let parity: UInt64 = 1 << 2
    private static let adjust: UInt64 = 1 << 4
    private static let zero: UInt64 = 1 << 6
    private static let sign: UInt64 = 1 << 7
    private static let overflow: UInt64 = 1 << 11

    private static func evenParity(_ value: UInt64) -> UInt64 { (value & 0xFF).nonzeroBitCount & 1 == 0 ? parity : 0 }

    /// All of them.
    static let all: [Habit] =
        [
            Habit(name: "shiftsSetAdjust") { random in
                // SHL EAX, 5.
                let (_, behind) = experiment([0xC1, 0xE0, 5], &random)
                return (behind.flags & adjust != 0, behind.flags & adjust == 0)
            },
            Habit(name: "overflowOfFirstBit") { random in
                let (before, behind) = experiment([0xC1, 0xE0, 5], &random)
                let found = behind.flags & overflow != 0
                let first = (before.rax ^ before.rax << 1) >> 31 & 1 != 0
                let last = (behind.rax >> 31 ^ behind.flags) & 1 != 0
                return (found == first, found == last)
            },
            Habit(name: "doubleShiftsTurn") { random in
                // SHLD AX, DX, 20.
                let (before, behind) = experiment([0x66, 0x0F, 0xA4, 0xD0, 20], &random)
                let upper = before.rdx << 4
                let found = behind.rax & 0xFFFF
                return (
                    found == (upper | (before.rax & 0xFFFF) >> 12) & 0xFFFF,
                    found == (upper | (before.rdx & 0xFFFF) >> 12) & 0xFFFF
                )
            },
            Habit(name: "productsSetFlags") { random in
                // MUL ECX.
                let (before, behind) = experiment([0xF7, 0xE1], &random)
                let mask = sign | zero | adjust | parity
                let expected = (behind.rax >> 31 & 1 != 0 ? sign : 0) | evenParity(behind.rax)
                return (behind.flags & mask == expected, behind.flags & mask == before.flags & mask)
            },
            Habit(name: "productsSetZero") { random in
                // MUL ECX.
                let (_, behind) = experiment([0xF7, 0xE1], &random) {
                    $0.rcx = 0
                    $0.flags = 0
                }
                return (behind.flags & zero != 0, behind.flags & zero == 0)
            },
            Habit(name: "quotientsLeaveFlags") { random in
                // DIV ECX.
                let (before, behind) = experiment([0xF7, 0xF1], &random) {
                    $0.rdx = 0
                    $0.rcx |= 1
                }
                let kept = before.flags & (carry | overflow)
                return (behind.flags == before.flags, behind.flags == kept | adjust)
            },
            Habit(name: "scansSetFlags") { random in
                // BSF EAX, ECX.
                let (before, behind) = experiment([0x0F, 0xBC, 0xC1], &random) { $0.rcx |= 1 << 31 }
                return (behind.flags == evenParity(behind.rax), behind.flags == before.flags & ~zero)
            },
            Habit(name: "scansTestOperand") { random in
                // BSF EAX, ECX.
                let (_, behind) = experiment([0x0F, 0xBC, 0xC1], &random) {
                    $0.rcx |= 1 << 31
                    $0.flags = 0
                }
                return (behind.flags & sign != 0, behind.flags & sign == 0)
            },
            Habit(name: "decimalOverflow") { random in
                let (before, behind) = experiment(Experiment.inCompatibilityMode([0x27]), &random)
                guard behind.vector < 0 else { return (false, false) }
                let found = behind.flags & overflow != 0
                return (found == (~before.rax & behind.rax & 0x80 != 0), !found)
            },
            Habit(name: "asciiSumFlags") { random in
                let (before, behind) = experiment(Experiment.inCompatibilityMode([0xD5, 10]), &random)
                guard behind.vector < 0 else { return (false, false) }
                let product = (before.rax >> 8 & 0xFF) * 10 & 0xFF
                let addend = before.rax & 0xFF
                let sum = product + addend
                var expected = sum >> 8 & 1 != 0 ? carry : 0
                if (product ^ addend ^ sum) & 0x10 != 0 { expected |= adjust }
                if (product ^ sum) & (addend ^ sum) & 0x80 != 0 { expected |= overflow }
                let found = behind.flags & (carry | adjust | overflow)
                return (found == expected, found == 0)
            },
            Habit(name: "asciiWordFlags") { random in
                let (before, behind) = experiment(Experiment.inCompatibilityMode([0x37]), &random)
                guard behind.vector < 0 else { return (false, false) }
                let isAdjusted = before.flags & adjust != 0 || before.rax & 15 > 9
                let sum = (before.rax + (isAdjusted ? 0x106 : 0)) & 0xFFFF
                let found = behind.flags & (sign | zero | parity)
                func expected(_ value: UInt64, sign signBit: UInt64) -> UInt64 {
                    (value & signBit != 0 ? sign : 0) | (value == 0 ? zero : 0) | evenParity(value)
                }
                return (
                    found == expected(sum, sign: 0x8000), found == expected(behind.rax & 0xFF, sign: 0x80)
                )
            },
            Habit(name: "hintsNeedMemory") { random in
                let (_, behind) = experiment([0x0F, 0x0D, 0xC0], &random)
                return (behind.vector == 6, behind.vector < 0)
            },
            Habit(name: "emptyPortStringsCheck") { random in
                let (_, behind) = experiment([0xF3, 0x6C], &random) { $0.rcx = 0 }
                return (behind.vector == 13, behind.vector < 0)
            },
            Habit(name: "wholeDoubleShiftsOverflowAsCarry") { random in
                // SHLD AX, CX, 16.
                let (before, behind) = experiment([0x66, 0x0F, 0xA4, 0xC8, 16], &random)
                let found = behind.flags & overflow != 0
                let carries = before.rax & 1 != 0
                return (found == carries, found == (carries != (behind.rax & 0x8000 != 0)))
            },
            Habit(name: "prefixesDecideLoops") { random in
                // LOOPE behind F2h, with ZF clear, which leads to INT3 if it is taken; JMP past that.
                let (_, behind) = experiment([0xF2, 0xE1, 2, 0xEB, 1, 0xCC], &random) {
                    $0.rcx = 2
                    $0.flags = 0
                }
                return (behind.vector == 3, behind.vector < 0)
            },
            Habit(name: "pausesExchange") { random in
                let (before, behind) = experiment([0xF3, 0x49, 0x90], &random)
                return (behind.rax != before.rax, behind.rax == before.rax)
            },
        ] + vector
}
