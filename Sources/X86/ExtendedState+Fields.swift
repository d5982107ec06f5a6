extension ProcessorState.ExtendedState {
    /// The x87 and SSE registers by their names in the manuals, each with its value in hexadecimal. Other components
    /// are shown as a whole. Components in their initial configuration are left out.
    var fields: [(String, String)] {
        components.sorted { $0.key < $1.key }.flatMap { number, bytes in
            switch (number, bytes.count) {
            case (0, Self.x87ByteCount): Self.x87Fields(bytes)
            case (1, Self.sseByteCount): Self.registers(bytes[...], of: 16) { "xmm\($0)" }
            default: [("xsave[\(number)]", bytes.map { Self.digits(of: $0) }.joined())]
            }
        }
    }

    /// Control and status up to MXCSR, then eight registers of 16 bytes (Intel SDM vol. 1, table 10-2).
    private static let x87ByteCount = x87ControlByteCount + 8 * 16
    private static let x87ControlByteCount = 24
    private static let sseByteCount = 16 * 16
    /// Significant bytes of a stack register; the rest of its 16 is reserved.
    private static let x87RegisterByteCount = 10

    private static func x87Fields(_ bytes: [UInt8]) -> [(String, String)] {
        let control: [(String, Range<Int>)] = [
            ("fcw", 0..<2), ("fsw", 2..<4), ("ftw", 4..<5), ("fop", 6..<8), ("fip", 8..<16), ("fdp", 16..<24),
        ]
        return control.map { ($0.0, number(bytes[$0.1])) }
            + registers(bytes[x87ControlByteCount...], of: x87RegisterByteCount) { "st\($0)" }
    }

    /// The contents of slots of 16 bytes each.
    private static func registers(
        _ bytes: ArraySlice<UInt8>,
        of count: Int,
        name: (Int) -> String
    ) -> [(String, String)] {
        stride(from: bytes.startIndex, to: bytes.endIndex, by: 16).enumerated().map { index, start in
            (name(index), number(bytes[start..<start + count]))
        }
    }

    /// A number of any length, its lowest byte first in `bytes`.
    private static func number(_ bytes: ArraySlice<UInt8>) -> String {
        let significant = bytes.reversed().drop { $0 == 0 }
        guard let first = significant.first else { return "0x0" }
        return "0x" + String(first, radix: 16) + significant.dropFirst().map { digits(of: $0) }.joined()
    }

    private static func digits(of byte: UInt8) -> String {
        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
}
