/// JSON objects, field by field.
extension TextBuffer {
    // A comma follows each field, and the object's end takes the place of the last: so no field asks whether it is the first.

    /// Begins an object.
    mutating func beginObject() { append(words: "{") }

    /// Ends the object that was begun last; it must have a field.
    mutating func endObject() { replaceLast(by: "}") }

    /// Begins a field with this name, which needs no escaping; its value comes next.
    @inline(__always)
    mutating func beginField(_ name: StaticString) {
        append(words: "\"")
        append(words: name)
        append(words: "\":")
    }

    /// Ends a field after its value.
    @inline(__always)
    mutating func endField() { append(words: ",") }

    /// Adds a field with an object of numbers, whose names come from outside.
    mutating func add(_ name: StaticString, _ numbers: [(name: String, number: UInt64)]) {
        beginField(name)
        beginObject()
        for (name, number) in numbers {
            append(quoted: name)
            append(words: ":")
            append(decimal: number)
            endField()
        }
        if numbers.isEmpty { append(words: "}") } else { endObject() }
        endField()
    }

    @inline(__always)
    mutating func add(_ name: StaticString, _ number: UInt64) {
        beginField(name)
        append(decimal: number)
        endField()
    }

    @inline(__always)
    mutating func add(_ name: StaticString, _ flag: Bool) {
        beginField(name)
        if flag { append(words: "true,") } else { append(words: "false,") }
    }

    @inline(__always)
    mutating func add(_ name: StaticString, hexadecimal number: UInt64) {
        beginField(name)
        append(words: "\"")
        append(hexadecimal: number)
        append(words: "\",")
    }

    /// Adds a word of the program, which needs no escaping.
    @inline(__always)
    mutating func add(_ name: StaticString, word: StaticString) {
        beginField(name)
        append(words: "\"")
        append(words: word)
        append(words: "\",")
    }

    /// Adds a text from outside.
    mutating func add(_ name: StaticString, _ text: String) {
        beginField(name)
        append(quoted: text)
        endField()
    }

    /// Adds bytes, two hexadecimal digits for each.
    mutating func add(_ name: StaticString, bytes: [UInt8]) {
        beginField(name)
        append(words: "\"")
        append(digitsOf: bytes)
        append(words: "\",")
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
