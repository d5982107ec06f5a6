internal import CZydis
internal import X86

extension DataFlow {
    /// Whether a repeated instruction does nothing because its counter is 0.
    private var isOver: Bool {
        guard instruction.repeats else { return false }
        return value(of: bytes(of: .rcx, count: addressBytes)) == 0
    }

    /// The counter and the pointers of an instruction on strings. One execution is one turn.
    private mutating func advanceCounters() {
        for operand in operands where operand.isWritten && !operand.isVisible {
            guard let register = operand.general, register != .rax else { continue }
            advance(register, count: addressBytes)
        }
    }

    /// MOVS, STOS, LODS, CMPS and SCAS.
    mutating func moveString() {
        // CMPSD is the name of an instruction on vectors too, which has visible operands.
        guard visible.isEmpty else { return mixEverything() }
        guard !isOver else { return }
        advanceCounters()
        writeFlags(everythingCompared)
        let source = operands.first { $0.isRead && ($0.isMemory || $0.general == .rax) }
        guard let source, let target = operands.first(where: { $0.isWritten && ($0.isMemory || $0.general == .rax) })
        else { return }
        let from = bytes(of: source)
        let selectors = selectors(of: source)
        write(target) { index in
            var sources = DataSources([from[index]])
            sources.selectors = selectors
            return sources
        }
    }

    /// What CMPS and SCAS compare.
    private var everythingCompared: DataSources {
        var sources = DataSources()
        for operand in operands where operand.isRead && (operand.isMemory || operand.general == .rax) {
            sources.bytes.formUnion(bytes(of: operand))
            sources.selectors.formUnion(selectors(of: operand))
        }
        return sources
    }

    // MARK: Input

    /// IN, and instructions that read time, randomness or a register of the system. An event of the trace has what they got, or
    /// else the processor.
    mutating func readPort() {
        for operand in operands where operand.isWritten { write(operand) { _ in DataSources(.input) } }
        writeFlags(DataSources(.input))
    }

    /// INS and OUTS. Several turns may be one step.
    mutating func movePortString() {
        guard !isOver else { return }
        let memory = operands.first(where: \.isMemory)
        let isInput = memory?.isWritten == true
        advance(isInput ? .rdi : .rsi, count: addressBytes)
        if instruction.repeats { advance(.rcx, count: addressBytes) }
        guard isInput, let memory, let address = memory.address else { return }
        let turns = instruction.repeats ? min(value(of: bytes(of: .rcx, count: addressBytes)) ?? 1, Self.mostTurns) : 1
        let isDown = state.rflags >> 10 & 1 != 0
        for turn in 0..<turns {
            let distance = turn &* UInt64(memory.count)
            let place = linear(address, plus: isDown ? 0 &- distance : distance)
            for byte in bytes(at: place, count: memory.count) { results[byte] = DataSources(.input) }
        }
    }

    /// The most turns of one step.
    private static let mostTurns: UInt64 = 1 << 17

    /// CPUID and its kin.
    mutating func askProcessor() {
        var sources = DataSources(.processor)
        for operand in operands where operand.isRead && !operand.isMemory {
            sources.bytes.formUnion(bytes(of: operand))
        }
        for operand in operands where operand.isWritten { write(operand) { _ in sources } }
        writeFlags(sources)
    }
}
