internal import CZydis
internal import X86

extension DataFlow {
    /// When a conditional move is done.
    enum Condition {
        case carry, zero, sign, overflow, parity, carryOrZero, less, lessOrEqual
    }

    /// The conditional moves, each with its condition and whether it is that or its opposite.
    static let conditions: [ZydisMnemonic.RawValue: (Condition, holds: Bool)] = {
        let all: [(ZydisMnemonic, ZydisMnemonic, Condition)] = [
            (ZYDIS_MNEMONIC_CMOVB, ZYDIS_MNEMONIC_CMOVNB, .carry), (ZYDIS_MNEMONIC_CMOVZ, ZYDIS_MNEMONIC_CMOVNZ, .zero),
            (ZYDIS_MNEMONIC_CMOVS, ZYDIS_MNEMONIC_CMOVNS, .sign),
            (ZYDIS_MNEMONIC_CMOVO, ZYDIS_MNEMONIC_CMOVNO, .overflow),
            (ZYDIS_MNEMONIC_CMOVP, ZYDIS_MNEMONIC_CMOVNP, .parity),
            (ZYDIS_MNEMONIC_CMOVBE, ZYDIS_MNEMONIC_CMOVNBE, .carryOrZero),
            (ZYDIS_MNEMONIC_CMOVL, ZYDIS_MNEMONIC_CMOVNL, .less),
            (ZYDIS_MNEMONIC_CMOVLE, ZYDIS_MNEMONIC_CMOVNLE, .lessOrEqual),
        ]
        var table: [ZydisMnemonic.RawValue: (Condition, holds: Bool)] = [:]
        for (positive, negative, condition) in all {
            table[positive.rawValue] = (condition, true)
            table[negative.rawValue] = (condition, false)
        }
        return table
    }()

    /// Whether the instruction's condition holds.
    private var conditionHolds: Bool {
        guard let (condition, holds) = Self.conditions[instruction.mnemonic.rawValue] else { return true }
        func flag(_ bit: UInt64) -> Bool { state.rflags >> bit & 1 != 0 }
        let isLess = flag(7) != flag(11)
        let value =
            switch condition {
            case .carry: flag(0)
            case .zero: flag(6)
            case .sign: flag(7)
            case .overflow: flag(11)
            case .parity: flag(2)
            case .carryOrZero: flag(0) || flag(6)
            case .less: isLess
            case .lessOrEqual: isLess || flag(6)
            }
        return value == holds
    }

    /// CMOVcc. If the condition does not hold, the register keeps what it has, apart from an upper half that is cleared.
    mutating func copyConditionally() {
        guard let target = visible.first else { return }
        guard conditionHolds else { return clearUpperHalf(of: target) }
        copy()
        let flags = testedFlags
        for (byte, sources) in results where !sources.bytes.isEmpty {
            results[byte]?.selectors.formUnion(flags)
        }
    }

    /// CMPXCHG. What it writes depends on what it finds.
    mutating func compareAndExchange() {
        let all = everything
        writeFlags(all)
        let visible = visible
        guard visible.count > 1 else { return mixEverything() }
        let accumulator = bytes(of: .rax, count: visible[0].count)
        let target = bytes(of: visible[0])
        guard let expected = value(of: accumulator), let found = value(of: target) else { return mixEverything() }
        if expected == found {
            let source = bytes(of: visible[1])
            write(visible[0]) { index in DataSources([source[index]]) }
        } else {
            let selectors = selectors(of: visible[0])
            for (index, byte) in accumulator.enumerated() {
                results[byte] = DataSources([target[index]])
                results[byte]?.selectors = selectors
            }
            if accumulator.count == 4, instruction.mode == .long64 {
                for number in 4..<8 { results[.register(.general(.rax), number)] = DataSources(.zeroed) }
            }
        }
    }
}
