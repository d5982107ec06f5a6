internal import CZydis
internal import X86

extension DataFlow {
    /// Whether both operands are the same register, and the result the same whatever is in it.
    private var clearsItself: Bool {
        guard Self.clearing.contains(instruction.mnemonic.rawValue) else { return false }
        let sources = visible.filter(\.isRead)
        guard sources.count == 2, case .register = sources[0].kind else { return false }
        return sources[0].kind == sources[1].kind && sources[0].count == sources[1].count
    }

    private static let clearing: Set<ZydisMnemonic.RawValue> = Set(
        [
            ZYDIS_MNEMONIC_XOR, ZYDIS_MNEMONIC_SUB, ZYDIS_MNEMONIC_PXOR, ZYDIS_MNEMONIC_XORPS, ZYDIS_MNEMONIC_XORPD,
            ZYDIS_MNEMONIC_PSUBB, ZYDIS_MNEMONIC_PCMPEQB, ZYDIS_MNEMONIC_PCMPGTB, ZYDIS_MNEMONIC_PANDN,
            ZYDIS_MNEMONIC_ANDNPS, ZYDIS_MNEMONIC_ANDNPD, ZYDIS_MNEMONIC_SBB,
        ].map(\.rawValue)
    )

    /// AND, OR, XOR and their kin: each byte comes from the bytes at the same place.
    mutating func combineBitwise() {
        combine { index in index...index }
    }

    /// ADD, SUB and their kin: each byte comes from the bytes up to the same place, because of the carries.
    mutating func add() {
        combine { index in 0...index }
    }

    private mutating func combine(_ range: (Int) -> ClosedRange<Int>) {
        guard let target = visible.first else { return mixEverything() }
        let isCleared = clearsItself
        // Of SBB of a register with itself, only the carry remains.
        var base = DataSources(testedFlags)
        if isCleared, base.bytes.isEmpty { base = DataSources(.code) }
        let sources = isCleared ? [] : operands.filter(\.isRead)
        let results = (0..<target.count).map { index in
            var result = base
            for operand in sources { result.form(union: part(of: operand, range(index))) }
            return isFixed(index) ? DataSources(.code) : result
        }
        write(target) { results[$0] }
        writeFlags(isCleared ? base : everything)
    }

    /// Some bytes of an operand; those of an address if it is one.
    private func part(of operand: DataOperand, _ range: ClosedRange<Int>) -> DataSources {
        if case .address(let address) = operand.kind { return DataSources(summands(of: address, range)) }
        if operand.immediate != nil { return DataSources(.code) }
        var sources = DataSources()
        for (index, byte) in bytes(of: operand).enumerated() where range.contains(index) { sources.bytes.insert(byte) }
        sources.selectors = selectors(of: operand)
        return sources
    }

    private func summands(of address: DataAddress, _ range: ClosedRange<Int>) -> [DataByte] {
        address.registers.flatMap { register in
            bytes(of: register, count: addressBytes).enumerated().filter { range.contains($0.offset) }.map(\.element)
        }
    }

    /// Whether AND with 0 or OR with 0xFF decides a byte.
    private func isFixed(_ index: Int) -> Bool {
        guard let value = visible.last?.immediate else { return false }
        let byte = UInt8(truncatingIfNeeded: value >> UInt64(min(index, 7) * 8))
        return instruction.mnemonic == ZYDIS_MNEMONIC_AND && byte == 0
            || instruction.mnemonic == ZYDIS_MNEMONIC_OR && byte == 0xFF
    }

    // MARK: Shifts

    /// SHL and its kin: each byte comes from those that the count moves there.
    mutating func shift() {
        let visible = visible
        guard let target = visible.first, let counter = visible.last, visible.count > 1 else { return mixEverything() }
        let bits = target.count * 8
        guard let wanted = counter.immediate ?? value(of: bytes(of: counter)) else { return mixEverything() }
        let count = Int(wanted & (bits == 64 ? 63 : 31))
        // A count of 0 leaves the flags alone, and clears an upper half nevertheless.
        let isThree = visible.count == 3
        if count == 0, !isThree || Self.doubles.contains(instruction.mnemonic.rawValue) {
            return clearUpperHalf(of: target)
        }
        writeFlags(everything)
        guard let direction = Self.directions[instruction.mnemonic.rawValue] else {
            let all = everything
            return write(target) { _ in all }
        }
        let source = isThree ? visible[1] : target
        let from = bytes(of: source)
        let amount = DataSources(bytes(of: counter))
        let selectors = selectors(of: source)
        write(target) { index in
            var sources = amount
            sources.bytes.formUnion(Self.moved(direction, index, by: count, from))
            sources.selectors.formUnion(selectors)
            if sources.bytes.isEmpty { sources.constants.insert(.code) }
            return sources
        }
    }

    private enum Direction {
        case left, right, signed, rotateLeft, rotateRight
    }

    private static let doubles: Set<ZydisMnemonic.RawValue> = [
        ZYDIS_MNEMONIC_SHLD.rawValue, ZYDIS_MNEMONIC_SHRD.rawValue,
    ]

    private static let directions: [ZydisMnemonic.RawValue: Direction] = [
        ZYDIS_MNEMONIC_SHL.rawValue: .left, ZYDIS_MNEMONIC_SHLX.rawValue: .left, ZYDIS_MNEMONIC_SHR.rawValue: .right,
        ZYDIS_MNEMONIC_SHRX.rawValue: .right, ZYDIS_MNEMONIC_SAR.rawValue: .signed,
        ZYDIS_MNEMONIC_SARX.rawValue: .signed, ZYDIS_MNEMONIC_ROL.rawValue: .rotateLeft,
        ZYDIS_MNEMONIC_ROR.rawValue: .rotateRight, ZYDIS_MNEMONIC_RORX.rawValue: .rotateRight,
    ]

    /// The bytes of which a shift moves bits into a byte.
    private static func moved(_ direction: Direction, _ index: Int, by count: Int, _ from: [DataByte]) -> [DataByte] {
        let bits = from.count * 8
        var numbers: Set<Int> = []
        for bit in index * 8..<index * 8 + 8 {
            switch direction {
            case .left: numbers.insert(bit - count)
            case .right: numbers.insert(bit + count)
            case .signed: numbers.insert(min(bit + count, bits - 1))
            case .rotateLeft: numbers.insert((bit - count % bits + bits) % bits)
            case .rotateRight: numbers.insert((bit + count) % bits)
            }
        }
        return Set(numbers.filter { (0..<bits).contains($0) }.map { $0 / 8 }).map { from[$0] }
    }

    /// PSLLDQ and PSRLDQ.
    mutating func shiftBytes() {
        guard let target = visible.first, let count = visible.last?.immediate else { return mixEverything() }
        let distance = Int(min(count, 16)) * (instruction.mnemonic == ZYDIS_MNEMONIC_PSLLDQ ? -1 : 1)
        let from = bytes(of: target)
        write(target) { index in
            from.indices.contains(index + distance) ? DataSources([from[index + distance]]) : DataSources(.zeroed)
        }
    }
}
