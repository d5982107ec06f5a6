internal import X86

/// What an instruction does with the trap flag, by which a host steps a guest.
enum FlagTransfer: Hashable {
    /// PUSHF: pushes the flags, including TF.
    case push
    /// INT n, INT3: pushes the flags, and goes to this vector's handler.
    case interrupt(UInt8)
    /// INTO: the same for vector 4, if OF is set.
    case interruptOnOverflow
    /// INT1: the guest raises a debug exception itself.
    case debugException
    /// POPF and IRET: load the flags from this many bytes above the top of the stack.
    case load(offset: UInt64)
    /// SYSRET: loads the flags from R11.
    case loadFromRegister

    /// For the first instruction of `bytes`; nil if it neither stores flags nor loads TF.
    init?(_ bytes: [UInt8], mode: ExecutionMode) {
        var isWide = mode == .protected32 || mode == .long64
        let natural = isWide
        var isQuad = false
        var index = bytes.startIndex
        while index < bytes.endIndex, Self.prefixes.contains(bytes[index]) {
            if bytes[index] == 0x66 { isWide = !natural }
            index += 1
        }
        if mode == .long64, index < bytes.endIndex, bytes[index] & 0xF0 == 0x40 {
            isQuad = bytes[index] & 8 != 0
            index += 1
        }
        guard index < bytes.endIndex else { return nil }
        let next = index + 1 < bytes.endIndex ? bytes[index + 1] : nil
        switch (bytes[index], next) {
        case (0x9C, _): self = .push
        case (0x9D, _): self = .load(offset: 0)
        case (0xCC, _): self = .interrupt(3)
        case (0xCD, let vector?): self = .interrupt(vector)
        case (0xCE, _) where mode != .long64: self = .interruptOnOverflow
        // The flags come after the instruction pointer and the code segment's selector.
        case (0xCF, _): self = .load(offset: isQuad ? 16 : isWide ? 8 : 4)
        case (0xF1, _): self = .debugException
        case (0x0F, 0x07?): self = .loadFromRegister
        default: return nil
        }
    }

    /// Segments, operand and address size, LOCK and repetition.
    private static let prefixes: Set<UInt8> = [
        0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3,
    ]
}
