public import X86

/// Numbers as people read them.
public enum Quantity {
    /// `1,234,567`.
    public static func count(_ value: UInt64) -> String {
        var digits = Array(String(value))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: position)
            position -= 3
        }
        return String(digits)
    }

    /// `fwait 2, iret 1,265`.
    public static func counts(_ values: [String: UInt64]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key) \(count($0.value))" }.joined(separator: ", ")
    }

    /// `120 rdtsc, 17 rdrand in the loaded code`: the instructions that were replaced before the guest ran, by name.
    public static func trapped(_ instructions: [HiddenInstruction]) -> String {
        let counts = Dictionary(instructions.map { ($0.name, 1) }, uniquingKeysWith: +)
        return counts.sorted { $0.key < $1.key }.map { "\(count(UInt64($0.value))) \($0.key)" }.joined(separator: ", ")
            + " in the loaded code"
    }

    /// `512 bytes`, `1.5 KiB`, `3.2 MiB`.
    public static func bytes(_ value: UInt64) -> String {
        if value < 1024 { return "\(value) bytes" }
        let units = ["KiB", "MiB", "GiB", "TiB"]
        var amount = Double(value) / 1024
        var unit = 0
        while amount >= 1024, unit < units.count - 1 {
            amount /= 1024
            unit += 1
        }
        return "\(oneDecimal(amount)) \(units[unit])"
    }

    /// `0.4 s`.
    public static func seconds(_ value: Double) -> String {
        "\(oneDecimal(value)) s"
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
