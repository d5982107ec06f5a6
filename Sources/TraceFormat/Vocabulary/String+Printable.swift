extension String {
    /// The text made safe to show to a person. Control characters (C0, DEL and C1), line and paragraph separators, and
    /// characters that change the direction of text (Unicode's Bidi_Control) become `\uXXXX`, which is also valid in a
    /// JSON string.
    ///
    /// Everything that comes from a trace, a guest, a file name or the environment goes through here before it is
    /// shown, so that it can neither control a terminal nor look like a separate line.
    public var printable: String {
        guard utf8.contains(where: Self.mayBeUnprintable) else { return self }
        var result = ""
        result.reserveCapacity(utf8.count + 16)
        for scalar in unicodeScalars {
            if scalar.isUnprintable {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whether an unprintable character can begin with this byte in UTF-8: a quick test that lets most texts pass.
    private static func mayBeUnprintable(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xD8 || byte == 0xE2
    }
}

extension Sequence<String> {
    /// Lines as one text to be shown. Each is made ``Swift/String/printable``, so the only line ends are those between
    /// them.
    public var printableText: String { map(\.printable).joined(separator: "\n") }
}

extension Unicode.Scalar {
    /// Whether a terminal may treat it as something other than a character to show.
    fileprivate var isUnprintable: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        default: false
        }
    }
}
