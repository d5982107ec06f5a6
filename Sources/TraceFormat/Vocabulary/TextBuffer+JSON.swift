/// JSON objects, field by field.
extension TextBuffer {
    /// Begins an object.
    mutating func beginObject() { append(words: "{") }

    /// Ends the object that was begun last.
    mutating func endObject() { append(words: "}") }

    /// Begins a field with this name, which needs no escaping; its value comes next.
    @inline(__always)
    mutating func beginField(_ name: StaticString) {
        separate()
        append(words: name)
        append(words: "\":")
    }

    /// Begins a field whose name comes from outside; its value comes next.
    mutating func beginField(named name: String) {
        if last != UInt8(ascii: "{") { append(words: ",") }
        append(quoted: name)
        append(words: ":")
    }

    /// Separates a field from the one before it, and begins its name.
    private mutating func separate() {
        if last == UInt8(ascii: "{") { append(words: "\"") } else { append(words: ",\"") }
    }

    @inline(__always)
    mutating func add(_ name: StaticString, _ number: UInt64) {
        beginField(name)
        append(decimal: number)
    }

    @inline(__always)
    mutating func add(_ name: StaticString, _ flag: Bool) {
        beginField(name)
        if flag { append(words: "true") } else { append(words: "false") }
    }

    @inline(__always)
    mutating func add(_ name: StaticString, hexadecimal number: UInt64) {
        beginField(name)
        append(words: "\"")
        append(hexadecimal: number)
        append(words: "\"")
    }

    /// Adds a word of the program, which needs no escaping.
    @inline(__always)
    mutating func add(_ name: StaticString, word: StaticString) {
        beginField(name)
        append(words: "\"")
        append(words: word)
        append(words: "\"")
    }

    /// Adds a text from outside.
    mutating func add(_ name: StaticString, _ text: String) {
        beginField(name)
        append(quoted: text)
    }

    /// Adds bytes, two hexadecimal digits for each.
    mutating func add(_ name: StaticString, bytes: [UInt8]) {
        beginField(name)
        append(words: "\"")
        append(digitsOf: bytes)
        append(words: "\"")
    }

    /// Escapes what JSON requires (RFC 8259, 7), and what must not be printed unchanged.
    private mutating func append(quoted text: String) {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        append(words: "\"")
        append(unchanged: escaped.printable)
        append(words: "\"")
    }
}
