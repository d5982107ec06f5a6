/// One JSON object, written field by field.
struct JSONObject {
    private var fields = ""

    /// The object.
    var text: String { "{\(fields)}" }

    mutating func add(_ name: String, _ number: UInt64) { add(name, raw: String(number)) }
    mutating func add(_ name: String, _ flag: Bool) { add(name, raw: flag ? "true" : "false") }
    mutating func add(_ name: String, hexadecimal number: UInt64) {
        add(name, raw: "\"0x\(String(number, radix: 16))\"")
    }
    mutating func add(_ name: String, _ text: String) { add(name, raw: Self.quoted(text)) }

    mutating func add(_ name: String, _ object: JSONObject) { add(name, raw: object.text) }

    /// Two hexadecimal digits for each byte.
    mutating func add(_ name: String, bytes: [UInt8]) {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            digits.append(Self.digits[Int(byte >> 4)])
            digits.append(Self.digits[Int(byte & 15)])
        }
        add(name, raw: "\"\(String(decoding: digits, as: UTF8.self))\"")
    }

    private mutating func add(_ name: String, raw value: String) {
        if !fields.isEmpty { fields += "," }
        fields += "\"\(name)\":\(value)"
    }

    /// Escapes what JSON requires (RFC 8259, 7), and what must not be printed unchanged.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result.printable + "\""
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
