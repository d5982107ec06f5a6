internal import CZydis
internal import X86

extension DataFlow {
    /// MOV and its kin: each byte comes from the byte at the same place; those beyond the source are cleared.
    mutating func copy(reversed: Bool = false) {
        // MOVSD is the name of an instruction on strings too, which has no visible operand.
        guard let target = visible.first else { return moveString() }
        let source = visible.count > 1 ? visible[1] : target
        let from = bytes(of: source)
        let selectors = selectors(of: source)
        if from.isEmpty {
            // A constant, or a register of the system.
            return write(target) { _ in DataSources(source.immediate != nil ? .code : .processor) }
        }
        let order = reversed ? from.reversed() : from
        write(target) { index in
            guard index < order.count else { return DataSources(.zeroed) }
            var sources = DataSources([order[index]])
            sources.selectors = selectors
            return sources
        }
    }

    /// MOVSX and its kin: bytes beyond the source are copies of its sign.
    mutating func extendSign() {
        guard let target = operands.first(where: \.isWritten), let source = operands.first(where: \.isRead) else {
            return mixEverything()
        }
        let from = bytes(of: source)
        let selectors = selectors(of: source)
        // CWD and its kin fill another register with the sign.
        let isOnlySign = target.general != source.general && !target.isVisible
        guard let sign = from.last else { return mixEverything() }
        write(target) { index in
            var sources = DataSources([index < from.count && !isOnlySign ? from[index] : sign])
            sources.selectors = selectors
            return sources
        }
    }

    /// XCHG and XADD.
    mutating func exchange(adding: Bool) {
        let visible = visible
        guard visible.count > 1 else { return mixEverything() }
        let (first, second) = (bytes(of: visible[0]), bytes(of: visible[1]))
        let selectors = [selectors(of: visible[0]), self.selectors(of: visible[1])]
        write(visible[1]) { index in
            var sources = DataSources([first[index]])
            sources.selectors = selectors[0]
            return sources
        }
        write(visible[0]) { index in
            var sources = DataSources(adding ? Array(first[...index] + second[...index]) : [second[index]])
            sources.selectors = selectors[1]
            return sources
        }
        writeFlags(everything)
    }

    /// Moves of half a vector register.
    mutating func copyHalf() {
        let visible = visible
        guard visible.count == 2 else { return mixEverything() }
        func half(_ operand: DataOperand, isHigh: Bool) -> [DataByte] {
            guard case .register(let register, _) = operand.kind else { return Array(bytes(of: operand).prefix(8)) }
            return (0..<8).map { .register(register, (isHigh ? 8 : 0) + $0) }
        }
        let mnemonic = instruction.mnemonic
        let isHigh = [ZYDIS_MNEMONIC_MOVHPS, ZYDIS_MNEMONIC_MOVHPD].contains(mnemonic)
        let target = half(visible[0], isHigh: isHigh || mnemonic == ZYDIS_MNEMONIC_MOVLHPS)
        let source = half(visible[1], isHigh: isHigh || mnemonic == ZYDIS_MNEMONIC_MOVHLPS)
        let selectors = selectors(of: visible[1])
        for (byte, from) in zip(target, source) {
            results[byte] = DataSources([from])
            results[byte]?.selectors = selectors
        }
    }

    /// FLD and its kin, whose result is at the place above the old top.
    mutating func pushFloat() {
        var sources = DataSources()
        for operand in operands where operand.isRead {
            sources.bytes.formUnion(bytes(of: operand))
            sources.selectors.formUnion(selectors(of: operand))
        }
        if sources.bytes.isEmpty { sources = DataSources(.code) }
        guard let target = operands.first(where: { $0.isWritten && $0.kind == .stackTop(0) }),
            case .register(.stack(let top), _)? = bytes(of: target).first
        else { return mixEverything() }
        results[.register(.stack((top + 7) & 7), 0)] = sources
    }

    // MARK: Saving and restoring

    /// Where the x87 and vector registers are in what FXSAVE and XSAVE write, each in 16 bytes (Intel SDM vol. 1, 10.5.1).
    private static let stackOffset = 32
    private static let vectorOffset = 160

    private var vectorCount: Int { instruction.mode == .long64 ? 16 : 8 }

    /// The instruction's memory as bytes; nil if it has none.
    private var area: [DataByte]? {
        guard let operand = operands.first(where: \.isMemory), let address = operand.address else { return nil }
        return bytes(at: linear(address), count: Self.vectorOffset + 256)
    }

    /// FXSAVE and XSAVE: vector registers byte by byte, the rest as the processor's.
    mutating func save() {
        guard let area else { return mixEverything() }
        for byte in area[..<Self.vectorOffset] { results[byte] = DataSources(.processor) }
        for number in 0..<vectorCount {
            for index in 0..<16 {
                results[area[Self.vectorOffset + 16 * number + index]] = DataSources([.register(.vector(number), index)]
                )
            }
        }
    }

    /// FXRSTOR and XRSTOR.
    mutating func restore() {
        guard let area else { return mixEverything() }
        for number in 0..<vectorCount {
            for index in 0..<16 {
                results[.register(.vector(number), index)] = DataSources([area[Self.vectorOffset + 16 * number + index]]
                )
            }
        }
        for number in 0..<8 {
            results[.register(.stack(number), 0)] = DataSources(area[Self.stackOffset..<Self.vectorOffset])
        }
    }
}
