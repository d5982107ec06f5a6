internal import CZydis
internal import X86

extension DataFlow {
    /// How many bytes of RSP address the stack.
    private var pointerBytes: Int {
        instruction.mode == .long64 ? 8 : state.stackAddressMask == 0xFFFF ? 2 : 4
    }

    private static let stackSegment = 2

    /// The stack's bytes at a distance from its top.
    private func stack(at distance: Int, count: Int) -> [DataByte] {
        let offset = (state[.rsp] &+ UInt64(bitPattern: Int64(distance))) & state.stackAddressMask
        return bytes(at: DataAddress.linear(offset, segment: Self.stackSegment, state), count: count)
    }

    /// The hidden operand that is the stack.
    private var stackOperand: DataOperand? { operands.last { $0.isMemory && !$0.isVisible } }

    /// Notes that RSP moves.
    mutating func moveStack() { advance(.rsp, count: pointerBytes) }

    /// PUSH and PUSHF.
    mutating func push() {
        guard let slot = stackOperand else { return mixEverything() }
        moveStack()
        let target = stack(at: -slot.count, count: slot.count)
        guard let source = visible.first else {
            // The flags: each byte comes from those that are data and are in it.
            for (index, byte) in target.enumerated() {
                let mask = index < 8 ? (0xFF << UInt64(8 * index)) & DataInstruction.arithmeticFlags : 0
                let flags = Self.flags(mask)
                results[byte] = flags.isEmpty ? DataSources(.processor) : DataSources(flags)
            }
            return
        }
        let from = bytes(of: source)
        let selectors = selectors(of: source)
        for (index, byte) in target.enumerated() {
            guard index < from.count else {
                results[byte] = DataSources(source.immediate != nil ? .code : .zeroed)
                continue
            }
            results[byte] = DataSources([from[index]])
            results[byte]?.selectors = selectors
        }
    }

    /// POP and POPF.
    mutating func pop() {
        guard let slot = stackOperand else { return mixEverything() }
        moveStack()
        let from = stack(at: 0, count: slot.count)
        guard let target = visible.first else {
            for flag in Self.flags(instruction.changedFlags) {
                guard case .flag(let bit) = flag, bit / 8 < from.count else { continue }
                results[flag] = DataSources([from[bit / 8]])
            }
            return
        }
        // An address with RSP is that behind the POP.
        guard case .memory(let address) = target.kind, address.base == .rsp else {
            return write(target) { index in index < from.count ? DataSources([from[index]]) : DataSources(.zeroed) }
        }
        let place = bytes(at: linear(address, plus: UInt64(slot.count)), count: target.count)
        for (byte, source) in zip(place, from) { results[byte] = DataSources([source]) }
    }

    /// CALL: the stack gets the address of the next instruction.
    mutating func call() {
        guard let slot = stackOperand else { return mixEverything() }
        moveStack()
        for byte in stack(at: -slot.count, count: slot.count) { results[byte] = DataSources(.position) }
    }

    /// LEAVE.
    mutating func leave() {
        let count = instruction.widths.operand / 8
        let frame = bytes(of: .rbp, count: pointerBytes)
        for index in frame.indices { results[.register(.general(.rsp), index)] = DataSources(frame[...index]) }
        let offset = state[.rbp] & state.stackAddressMask
        let saved = bytes(at: DataAddress.linear(offset, segment: Self.stackSegment, state), count: count)
        for (index, byte) in saved.enumerated() { results[.register(.general(.rbp), index)] = DataSources([byte]) }
    }

    /// ENTER without nesting.
    mutating func enter() {
        guard visible.last?.immediate == 0 else { return mixEverything() }
        let count = instruction.widths.operand / 8
        let pointer = bytes(of: .rsp, count: pointerBytes)
        for index in pointer.indices {
            results[.register(.general(.rsp), index)] = DataSources(pointer[...index])
            results[.register(.general(.rbp), index)] = DataSources(pointer[...index])
        }
        for (byte, source) in zip(stack(at: -count, count: count), bytes(of: .rbp, count: count)) {
            results[byte] = DataSources([source])
        }
    }

    /// The order in which PUSHA pushes.
    private static let all: [GeneralRegister] = [.rax, .rcx, .rdx, .rbx, .rsp, .rbp, .rsi, .rdi]

    /// PUSHA.
    mutating func pushAll() {
        let count = instruction.widths.operand / 8
        for (number, register) in Self.all.enumerated() {
            let slot = stack(at: -(number + 1) * count, count: count)
            for (byte, source) in zip(slot, bytes(of: register, count: count)) { results[byte] = DataSources([source]) }
        }
        moveStack()
    }

    /// POPA, which leaves the pushed RSP aside.
    mutating func popAll() {
        let count = instruction.widths.operand / 8
        moveStack()
        for (number, register) in Self.all.reversed().enumerated() where register != .rsp {
            let slot = stack(at: number * count, count: count)
            for (byte, source) in zip(bytes(of: register, count: count), slot) { results[byte] = DataSources([source]) }
        }
    }

    /// IRET: the flags come from the stack, and RSP too if the level changes and always in 64-bit mode.
    mutating func returnFromInterrupt() {
        let count = instruction.widths.operand / 8
        let flags = stack(at: 2 * count, count: count)
        for flag in Self.flags(instruction.changedFlags) {
            guard case .flag(let bit) = flag, bit / 8 < count else { continue }
            results[flag] = DataSources([flags[bit / 8]])
        }
        let selector = value(of: stack(at: count, count: 2)) ?? 0
        let isOutward = state.mode != .real && Int(selector & 3) > state.privilegeLevel
        guard state.mode == .long64 || isOutward else { return moveStack() }
        for (index, byte) in stack(at: 3 * count, count: count).enumerated() {
            results[.register(.general(.rsp), index)] = DataSources([byte])
        }
    }
}
