import TestBasics

/// A short program in 64-bit mode that moves and computes data between registers and eight words of memory at RBP.
struct RandomDataProgram {
    /// What it consists of.
    enum Kind: CaseIterable {
        /// Moves alone: each byte of the result comes from one byte.
        case moves
        /// Arithmetic and flags too.
        case arithmetic
    }

    /// The bytes of each instruction.
    private(set) var instructions: [[UInt8]] = []

    var code: [UInt8] { instructions.flatMap { $0 } }

    /// How many words of memory it uses.
    static let words = 8
    /// All general registers but RSP and RBP.
    static let registers: [UInt8] = [0, 1, 2, 3, 6, 7, 8, 9, 10, 11]
    /// How many vector registers it uses.
    static let vectors: UInt8 = 3

    init(_ kind: Kind, count: Int, using generator: inout SeededGenerator) {
        for _ in 0..<count {
            let isMove = kind == .moves || Bool.random(using: &generator)
            instructions.append(isMove ? Self.move(&generator) : Self.operation(&generator))
        }
    }

    private static func register(_ generator: inout SeededGenerator) -> UInt8 {
        registers.randomElement(using: &generator) ?? 0
    }

    private static func vector(_ generator: inout SeededGenerator) -> UInt8 {
        UInt8.random(in: 0..<vectors, using: &generator)
    }

    private static func move(_ generator: inout SeededGenerator) -> [UInt8] {
        let (one, other) = (register(&generator), register(&generator))
        let (low, high) = (UInt8.random(in: 0...7, using: &generator), UInt8.random(in: 0...7, using: &generator))
        let (first, second) = (vector(&generator), vector(&generator))
        let size = [16, 32, 64].randomElement(using: &generator) ?? 64
        let place = UInt8.random(in: 0...56, using: &generator)
        switch Int.random(in: 0..<17, using: &generator) {
        case 0: return encoded([0x8B], size, one, .register(other))  // mov
        case 1: return encoded([0x8A], 8, low, .register(high))  // mov of AL to BH
        case 2: return encoded([0x8B], size, one, .memory(place))
        case 3: return encoded([0x89], size, one, .memory(place))
        case 4: return encoded([0x88], 8, low, .memory(place))
        case 5: return encoded([0x0F, 0xB6], size, one & 3, .register(low))  // movzx
        case 6: return encoded([0x0F, 0xB7], 64, one, .memory(place))
        // movsx
        case 7: return encoded([0x0F, 0xBF], size == 16 ? 32 : size, one, .register(other))
        case 8: return encoded([0x87], size, one, .register(other))  // xchg
        case 9: return encoded([0x86], 8, low, .register(high))
        case 10: return push(one) + pop(other)
        case 11: return encoded([0x0F, 0xC8 + (one & 7)], 64, nil, .register(one))  // bswap
        case 12: return [0x66] + encoded([0x0F, 0x6E], 64, first, .register(one))  // movq xmm
        case 13: return [0x66] + encoded([0x0F, 0x7E], 64, first, .register(one))
        case 14: return [0xF3] + encoded([0x0F, 0x6F], 32, first, .memory(place & 47))  // movdqu
        case 15: return [0x66] + encoded([0x0F, 0x73], 32, 3, .register(first)) + [low]  // psrldq
        default: return encoded([0x0F, 0x12], 32, first, .register(second))  // movhlps
        }
    }

    private static func operation(_ generator: inout SeededGenerator) -> [UInt8] {
        let (one, other) = (register(&generator), register(&generator))
        let (low, high) = (UInt8.random(in: 0...7, using: &generator), UInt8.random(in: 0...7, using: &generator))
        let size = [16, 32, 64].randomElement(using: &generator) ?? 64
        let place = UInt8.random(in: 0...56, using: &generator)
        let (immediate, kind) = (UInt8.random(in: .min ... .max, using: &generator), place % 8)
        switch Int.random(in: 0..<14, using: &generator) {
        // add, or, adc, sbb, and, sub, xor, cmp
        case 0, 1, 2: return encoded([kind * 8 + 3], size, one, .register(other))
        case 3: return encoded([kind * 8 + 2], 8, low, .register(high))
        case 4: return encoded([kind * 8 + 1], size, one, .memory(place))
        case 5: return encoded([0x83], size, kind, .register(one)) + [immediate]
        // rol, ror, shl, shr and sar by a count that is not 0
        case 6, 7: return encoded([0xC1], size, [0, 1, 4, 5, 7][Int(kind) % 5], .register(one)) + [immediate % 15 + 1]
        case 8: return encoded([0xF7], size, 2 + kind % 2, .register(one))  // not, neg
        case 9: return encoded([0x0F, 0xAF], size, one, .register(other))  // imul
        case 10: return encoded([0x0F, 0x90 + place % 16], 8, 0, .register(low))  // setcc
        case 11: return encoded([0x0F, 0xC1], size, one, .memory(place))  // xadd
        // lea
        case 12: return address(of: one, other, into: register(&generator), wide: kind < 4, displacement: immediate)
        default: return [0x66] + encoded([0x0F, 0xEF], 32, low % vectors, .register(high % vectors))  // pxor
        }
    }

    // MARK: Encoding

    private enum Operand {
        case register(UInt8)
        /// A displacement from RBP.
        case memory(UInt8)
    }

    private static func encoded(_ opcode: [UInt8], _ size: Int, _ reg: UInt8?, _ operand: Operand) -> [UInt8] {
        var rex: UInt8 = size == 64 ? 0x48 : 0
        if let reg, reg > 7 { rex |= 0x44 }
        var bytes: [UInt8] = []
        switch operand {
        case .register(let number):
            if number > 7 { rex |= 0x41 }
            if let reg { bytes = [0xC0 | (reg & 7) << 3 | number & 7] }
        case .memory(let displacement): bytes = [0x45 | ((reg ?? 0) & 7) << 3, displacement]
        }
        return (size == 16 ? [0x66] : []) + (rex == 0 ? [] : [rex]) + opcode + bytes
    }

    /// LEA of a sum.
    private static func address(of base: UInt8, _ index: UInt8, into reg: UInt8, wide: Bool, displacement: UInt8)
        -> [UInt8]
    {
        let rex: UInt8 = 0x40 | (wide ? 8 : 0) | (reg > 7 ? 4 : 0) | (index > 7 ? 2 : 0) | (base > 7 ? 1 : 0)
        let scale = displacement & 0xC0
        return [rex, 0x8D, 0x44 | (reg & 7) << 3, scale | (index & 7) << 3 | base & 7, displacement]
    }

    private static func push(_ register: UInt8) -> [UInt8] {
        (register > 7 ? [0x41] : []) + [0x50 + register & 7]
    }

    private static func pop(_ register: UInt8) -> [UInt8] {
        (register > 7 ? [0x41] : []) + [0x58 + register & 7]
    }
}
