/// A key, identified by its scan code in set 1, as in PC software.
public struct ScanCode: Hashable, Sendable {
    /// The code that the key gives when pressed, 0x01 to 0x7F.
    public let code: UInt8

    /// Whether the code follows the prefix 0xE0.
    public let isExtended: Bool

    /// Makes a key of its code in set 1, without the "released" bit.
    public init(_ code: UInt8, isExtended: Bool = false) {
        self.code = code & 0x7F
        self.isExtended = isExtended
    }

    static let extendedPrefix: UInt8 = 0xE0
    /// In set 2, comes before the code of a released key.
    static let releasePrefix: UInt8 = 0xF0
    /// In set 1, is added to the code of a released key.
    static let releaseBit: UInt8 = 0x80

    /// The bytes that the keyboard sends in set 1.
    func set1(isPressed: Bool) -> [UInt8] {
        let prefix = isExtended ? [Self.extendedPrefix] : []
        return prefix + [isPressed ? code : code | Self.releaseBit]
    }

    /// The bytes that the keyboard sends in set 2.
    func set2(isPressed: Bool) -> [UInt8] {
        let prefix = isExtended ? [Self.extendedPrefix] : []
        let release = isPressed ? [] : [Self.releasePrefix]
        return prefix + release + [Self.set2Codes[Int(code)]]
    }

    /// The keyboard controller's translation of a byte of set 2 (IBM PS/2 hardware reference, keyboard controller).
    static func translated(_ byte: UInt8) -> UInt8 {
        switch byte {
        // The only two codes of set 2 above 0x7F: F7 and the print screen key with Alt.
        case 0x83: 0x41
        case 0x84: 0x54
        case 0..<0x80: set1Codes[Int(byte)]
        default: byte
        }
    }

    /// Codes of set 1, indexed by those of set 2.
    private static let set1Codes: [UInt8] = [
        0xFF, 0x43, 0x41, 0x3F, 0x3D, 0x3B, 0x3C, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3E, 0x0F, 0x29, 0x59,
        0x65, 0x38, 0x2A, 0x70, 0x1D, 0x10, 0x02, 0x5A, 0x66, 0x71, 0x2C, 0x1F, 0x1E, 0x11, 0x03, 0x5B,
        0x67, 0x2E, 0x2D, 0x20, 0x12, 0x05, 0x04, 0x5C, 0x68, 0x39, 0x2F, 0x21, 0x14, 0x13, 0x06, 0x5D,
        0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5E, 0x6A, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5F,
        0x6B, 0x33, 0x25, 0x17, 0x18, 0x0B, 0x0A, 0x60, 0x6C, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0C, 0x61,
        0x6D, 0x73, 0x28, 0x74, 0x1A, 0x0D, 0x62, 0x6E, 0x3A, 0x36, 0x1C, 0x1B, 0x75, 0x2B, 0x63, 0x76,
        0x55, 0x56, 0x77, 0x78, 0x79, 0x7A, 0x0E, 0x7B, 0x7C, 0x4F, 0x7D, 0x4B, 0x47, 0x7E, 0x7F, 0x6F,
        0x52, 0x53, 0x50, 0x4C, 0x4D, 0x48, 0x01, 0x45, 0x57, 0x4E, 0x51, 0x4A, 0x37, 0x49, 0x46, 0x54,
    ]

    /// Codes of set 2, indexed by those of set 1.
    private static let set2Codes: [UInt8] = {
        var codes = [UInt8](repeating: 0, count: 0x80)
        for (set2, set1) in set1Codes.enumerated() where set1 < 0x80 { codes[Int(set1)] = UInt8(set2) }
        codes[0x41] = 0x83
        codes[0x54] = 0x84
        return codes
    }()
}
