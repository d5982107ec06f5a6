import ByteCoding

/// ACPI machine language, as far as the machine's tables need it (ACPI 6.5, chapter 20).
enum AML {
    private enum Opcode {
        static let zero: UInt8 = 0x00
        static let one: UInt8 = 0x01
        static let name: UInt8 = 0x08
        static let byte: UInt8 = 0x0A
        static let word: UInt8 = 0x0B
        static let doubleword: UInt8 = 0x0C
        static let scope: UInt8 = 0x10
        static let buffer: UInt8 = 0x11
        static let package: UInt8 = 0x12
        static let device: [UInt8] = [0x5B, 0x82]
    }

    /// A number in its shortest form (20.2.3).
    static func integer(_ value: UInt32) -> [UInt8] {
        switch value {
        case 0: return [Opcode.zero]
        case 1: return [Opcode.one]
        case ...0xFF: return [Opcode.byte, UInt8(value)]
        case ...0xFFFF: return [Opcode.word] + LittleEndian.bytes(of: UInt16(value))
        default: return [Opcode.doubleword] + LittleEndian.bytes(of: value)
        }
    }

    /// `Name (path, value)`.
    static func name(_ path: String, _ value: [UInt8]) -> [UInt8] { [Opcode.name] + Array(path.utf8) + value }

    /// `Scope (path) { terms }`.
    static func scope(_ path: String, _ terms: [UInt8]) -> [UInt8] { [Opcode.scope] + sized(Array(path.utf8) + terms) }

    /// `Device (name) { terms }`.
    static func device(_ name: String, _ terms: [UInt8]) -> [UInt8] { Opcode.device + sized(Array(name.utf8) + terms) }

    /// `Package () { elements }`, of at most 255 elements.
    static func package(_ elements: [[UInt8]]) -> [UInt8] {
        [Opcode.package] + sized([UInt8(elements.count)] + elements.flatMap { $0 })
    }

    /// `Buffer () { bytes }`.
    static func buffer(_ bytes: [UInt8]) -> [UInt8] {
        [Opcode.buffer] + sized(integer(UInt32(bytes.count)) + bytes)
    }

    /// `EisaId (text)`: three letters of five bits, four hexadecimal digits, the most significant byte first (20.3).
    static func identifier(_ text: String) -> [UInt8] {
        let characters = Array(text.utf8)
        let letters = characters.prefix(3).reduce(UInt32(0)) { $0 << 5 | UInt32($1 - 0x40) }
        let product = UInt32(text.dropFirst(3), radix: 16) ?? 0
        return integer((letters << 16 | product).byteSwapped)
    }

    /// PkgLength, which counts itself too, and the body (20.2.4).
    private static func sized(_ body: [UInt8]) -> [UInt8] {
        if body.count + 1 < 1 << 6 { return [UInt8(body.count + 1)] + body }
        let extra = body.count + 2 < 1 << 12 ? 1 : 2
        let total = body.count + 1 + extra
        // The first byte has four bits of the length and the number of further bytes, which have eight bits each.
        let rest = (0..<extra).map { UInt8(truncatingIfNeeded: total >> (4 + 8 * $0)) }
        return [UInt8(extra << 6 | total & 0xF)] + rest + body
    }
}
