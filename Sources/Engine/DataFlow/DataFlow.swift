internal import CZydis
public import X86

/// What one execution of an instruction did to data: for each byte that it wrote, the bytes of which that was made.
///
/// Moves and bitwise operations are followed byte by byte, sums by their carries, shifts by their counts. Of other instructions,
/// each result counts as made of all operands.
public struct DataFlow {
    let instruction: DataInstruction
    let state: ProcessorState
    private let memory: (GuestVirtualAddress, Int) -> [UInt8]
    /// The bytes that were written, each with its sources.
    public internal(set) var results: [DataByte: DataSources] = [:]

    /// Looks at an execution.
    ///
    /// - Parameters:
    ///   - state: the processor before it.
    ///   - memory: bytes of memory before it, at a linear address; fewer than asked for where nothing is mapped.
    public init(
        of instruction: DataInstruction,
        from state: ProcessorState,
        memory: @escaping (GuestVirtualAddress, Int) -> [UInt8]
    ) {
        (self.instruction, self.state, self.memory) = (instruction, state, memory)
        follow()
    }

    var operands: [DataOperand] { instruction.operands }

    /// The operands that the instruction's text names.
    var visible: [DataOperand] { operands.filter(\.isVisible) }

    // MARK: Places

    /// RIP behind the instruction.
    var nextRIP: UInt64 { instruction.mode.wrapped(state.rip &+ UInt64(instruction.length)) }

    /// The bytes of an operand, the lowest first; none if it is a constant or nothing that is followed.
    func bytes(of operand: DataOperand) -> [DataByte] {
        switch operand.kind {
        case .register(let register, let first): (0..<operand.count).map { .register(register, first + $0) }
        case .stackTop(let number): [.register(.stack((top + number) & 7), 0)]
        case .memory(let address): bytes(at: linear(address), count: operand.count)
        case .address, .immediate, .none: []
        }
    }

    func bytes(at address: GuestVirtualAddress, count: Int) -> [DataByte] {
        (0..<count).map { .memory(wrapped(address.rawValue &+ UInt64($0))) }
    }

    func bytes(of register: GeneralRegister, count: Int = 8) -> [DataByte] {
        (0..<count).map { .register(.general(register), $0) }
    }

    func linear(_ address: DataAddress, plus offset: UInt64 = 0) -> GuestVirtualAddress {
        address.linear(state, bits: instruction.widths.address, next: nextRIP, plus: offset)
    }

    private func wrapped(_ address: UInt64) -> GuestVirtualAddress {
        GuestVirtualAddress(instruction.mode == .long64 ? address : address & 0xFFFF_FFFF)
    }

    /// The top of the x87 stack before the instruction: bits 11 to 13 of the status word.
    private var top: Int {
        guard let area = state.extended.components[0], area.count > 3 else { return 0 }
        return Int(area[3] >> 3 & 7)
    }

    /// The value of some bytes; nil if some of them cannot be read.
    func value(of bytes: [DataByte]) -> UInt64? {
        var value: UInt64 = 0
        for (index, byte) in bytes.prefix(8).enumerated() {
            let part: UInt8
            switch byte {
            case .register(.general(let register), let number):
                part = UInt8(truncatingIfNeeded: state[register] >> UInt64(8 * number))
            case .memory(let address):
                guard let read = memory(address, 1).first else { return nil }
                part = read
            case .register, .flag: return nil
            }
            value |= UInt64(part) << UInt64(8 * index)
        }
        return value
    }

    // MARK: Sources

    /// What selected an operand: the registers of its address.
    func selectors(of operand: DataOperand) -> Set<DataByte> {
        guard operand.isMemory, operand.isRead else { return [] }
        return Set(operand.address?.registers.flatMap { bytes(of: $0, count: addressBytes) } ?? [])
    }

    /// How many bytes of a register are part of an address.
    var addressBytes: Int { instruction.widths.address / 8 }

    /// The flags that the instruction reads.
    var testedFlags: [DataByte] { Self.flags(instruction.testedFlags) }

    static func flags(_ mask: UInt64) -> [DataByte] {
        (0..<64).filter { mask >> UInt64($0) & 1 != 0 }.map { .flag($0) }
    }

    /// All that the instruction reads.
    var everything: DataSources {
        var sources = DataSources(testedFlags)
        for operand in operands where operand.isRead {
            sources.bytes.formUnion(bytes(of: operand))
            sources.selectors.formUnion(selectors(of: operand))
            if operand.immediate != nil { sources.constants.insert(.code) }
        }
        return sources
    }

    // MARK: Results

    /// Notes what an operand's bytes were made of. Bytes behind them are cleared where the processor does so.
    mutating func write(_ operand: DataOperand, _ sources: (Int) -> DataSources) {
        let bytes = bytes(of: operand)
        for (index, byte) in bytes.enumerated() { results[byte] = sources(index) }
        clearUpperHalf(of: operand)
    }

    /// A result of 32 bits clears the rest of its register in 64-bit mode.
    mutating func clearUpperHalf(of operand: DataOperand) {
        guard let register = operand.general, operand.count == 4, instruction.mode == .long64 else { return }
        for number in 4..<8 { results[.register(.general(register), number)] = DataSources(.zeroed) }
    }

    /// Notes that flags were made of some sources.
    mutating func writeFlags(_ sources: DataSources) {
        for flag in Self.flags(instruction.changedFlags) { results[flag] = sources }
        for flag in Self.flags(instruction.undefinedFlags) { results[flag] = sources.union(DataSources([flag])) }
        for flag in Self.flags(instruction.constantFlags) { results[flag] = DataSources(.code) }
    }

    /// What an instruction does of which nothing more is known: each result is made of all that is read.
    mutating func mixEverything() {
        let sources = everything
        for operand in operands where operand.isWritten { write(operand) { _ in sources } }
        writeFlags(sources)
    }

    /// Notes that a register is a sum with itself: a counter, or a pointer that moves on.
    mutating func advance(_ register: GeneralRegister, count: Int) {
        let operand = bytes(of: register, count: count)
        for index in operand.indices { results[operand[index]] = DataSources(operand[...index]) }
        if count == 4, instruction.mode == .long64 {
            for number in 4..<8 { results[.register(.general(register), number)] = DataSources(.zeroed) }
        }
    }
}
