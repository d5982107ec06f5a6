public import X86

/// How a trapped instruction is written into guest code: `OUT imm8, AL` to one of four private ports, which exits.
///
/// RDTSC and RDPMC are as long as OUT and have a port each. Longer instructions describe themselves in the bytes after
/// the OUT. Those bytes are never executed, because the guest continues after them. So the code can be decoded even
/// where the guest has copied it.
///
///     E6 base+0                       RDTSC
///     E6 base+1                       RDPMC
///     E6 base+2 code                  3 bytes long
///     E6 base+3 code length ...       4 to 15 bytes long
///
/// `code`: bits 0 to 3 the destination register, bits 4 and 5 its size (0: 16 bits, 1: 32, 2: 64), bits 6 and 7 the
/// instruction (0 RDTSCP, 1 RDRAND, 2 RDSEED, 3 RDPID).
public struct TrapCode: Hashable, Sendable {
    /// The instruction that was there.
    public var instruction: HiddenInstruction
    /// Its length in bytes. The prefixes of RDTSC and RDPMC stay as they are and do not count.
    public var length: Int
    /// Where RDRAND, RDSEED and RDPID put their result.
    public var destination = GeneralRegister.rax
    /// How wide that result is.
    public var size = AccessSize.doubleword

    /// The opcode of `OUT imm8, AL`.
    static let out: UInt8 = 0xE6
    /// How many ports there are from the base on.
    package static let portCount: UInt8 = 4
    /// The most bytes that an instruction has.
    package static let maximumLength = 15

    private static let coded: [HiddenInstruction] = [.rdtscp, .rdrand, .rdseed, .rdpid]
    private static let sizes: [AccessSize] = [.word, .doubleword, .quadword]

    /// The bytes that take the instruction's place.
    public func bytes(basePort: UInt8) -> [UInt8] {
        switch instruction {
        case .rdtsc: return [Self.out, basePort]
        case .rdpmc: return [Self.out, basePort + 1]
        case .rdtscp, .rdrand, .rdseed, .rdpid:
            let kind = UInt8(Self.coded.firstIndex(of: instruction) ?? 0)
            let width = UInt8(Self.sizes.firstIndex(of: size) ?? 0)
            let code = UInt8(destination.rawValue) | width << 4 | kind << 6
            return length == 3
                ? [Self.out, basePort + 2, code]
                : [Self.out, basePort + 3, code, UInt8(length)] + [UInt8](repeating: 0x90, count: length - 4)
        }
    }

    /// The instruction that was there, encoded again. If it was longer than necessary, prefixes that do nothing fill
    /// the space.
    public var originalBytes: [UInt8] {
        let register = UInt8(destination.rawValue)
        var prefixes: [UInt8] = []
        let opcode: [UInt8]
        switch instruction {
        case .rdtsc: return [0x0F, 0x31]
        case .rdpmc: return [0x0F, 0x33]
        case .rdtscp: opcode = [0x0F, 0x01, 0xF9]
        case .rdrand, .rdseed, .rdpid:
            if size == .word { prefixes.append(0x66) }
            if instruction == .rdpid { prefixes.append(0xF3) }
            // REX, with W for 64 bits and B for R8 to R15; RDPID has one size in each mode.
            let wide: UInt8 = size == .quadword && instruction != .rdpid ? 8 : 0
            let rex = 0x40 | wide | register >> 3
            if rex != 0x40 { prefixes.append(rex) }
            opcode = [0x0F, 0xC7, (instruction == .rdrand ? 0xF0 : 0xF8) | register & 7]
        }
        // A segment prefix before all others has no effect on an instruction without a memory operand.
        let filling = [UInt8](repeating: 0x2E, count: max(0, length - prefixes.count - opcode.count))
        return filling + prefixes + opcode
    }

    init(
        instruction: HiddenInstruction,
        length: Int,
        destination: GeneralRegister = .rax,
        size: AccessSize = .doubleword
    ) {
        self.instruction = instruction
        self.length = length
        self.destination = destination
        self.size = size
    }

    /// Reads back what ``bytes(basePort:)`` gave; nil for any other code.
    public init?(_ bytes: [UInt8], basePort: UInt8) {
        guard bytes.count >= 2, bytes[0] == Self.out, bytes[1] >= basePort, bytes[1] - basePort < Self.portCount else {
            return nil
        }
        switch bytes[1] - basePort {
        case 0: self.init(instruction: .rdtsc, length: 2)
        case 1: self.init(instruction: .rdpmc, length: 2)
        case 2 where bytes.count >= 3: self.init(code: bytes[2], length: 3)
        case 3 where bytes.count >= 4: self.init(code: bytes[2], length: Int(bytes[3]))
        default: return nil
        }
    }

    /// The base port that a trace's replacement bytes use.
    public static func basePort(of replacement: [UInt8], _ instruction: HiddenInstruction) -> UInt8? {
        guard replacement.count >= 2, replacement[0] == out else { return nil }
        return (0..<portCount).lazy.compactMap { index in
            let (base, underflow) = replacement[1].subtractingReportingOverflow(index)
            guard !underflow, base <= UInt8.max - portCount else { return nil }
            // A longer form may look like the beginning of a shorter one with another base.
            guard let code = TrapCode(replacement, basePort: base), code.instruction == instruction else { return nil }
            return code.bytes(basePort: base) == replacement ? base : nil
        }.first
    }

    private init?(code: UInt8, length: Int) {
        let width = Int(code >> 4 & 3)
        guard let destination = GeneralRegister(rawValue: Int(code & 0xF)), width < Self.sizes.count,
            (3...Self.maximumLength).contains(length)
        else { return nil }
        self.init(
            instruction: Self.coded[Int(code >> 6)],
            length: length,
            destination: destination,
            size: Self.sizes[width]
        )
    }
}
