import Testing

@testable import TraceFormat

@Suite("Text buffer")
struct TextBufferTests {
    private static let numbers: [UInt64] =
        [0, 1, 9, 10, 11, 15, 16, 99, 100, 255, 256, 999, 1000, 123_456_789, 1 << 32, .max - 1, .max]
        + (0..<64).map { 1 << UInt64($0) }

    private static func text(makesPrintable: Bool = true, _ body: (inout TextBuffer) -> Void) -> String {
        var text = TextBuffer(capacity: 1, makesPrintable: makesPrintable)
        body(&text)
        return text.string
    }

    @Test("Numbers are those of the standard library", arguments: numbers)
    func writesNumbers(number: UInt64) {
        #expect(Self.text { $0.append(decimal: number) } == String(number))
        #expect(Self.text { $0.append(hexadecimal: number) } == "0x" + String(number, radix: 16))
    }

    @Test(
        "Decimals are filled up with zeros, and never cut",
        arguments: [(7, "007"), (77, "077"), (7777, "7777")] as [(UInt64, String)]
    )
    func fillsUp(number: UInt64, expected: String) {
        #expect(Self.text { $0.append(decimal: number, digits: 3) } == expected)
    }

    @Test("A buffer of one byte grows with what is appended")
    func grows() {
        let words = (0..<1000).map { "word \($0), " }
        let joined = Self.text { text in for word in words { text.append(word) } }
        #expect(joined == words.joined())
        #expect(Self.text { $0.append(contentsOf: Array("plain".utf8)) } == "plain")
    }

    @Test("A text that was removed leaves nothing")
    func startsAgain() {
        let text = Self.text { text in
            text.append("a long text that is removed")
            text.removeAll()
            text.append(words: "b")
        }
        #expect(text == "b")
    }

    @Test("Only a text that is shown has control characters escaped")
    func escapes() {
        #expect(Self.text { $0.append("a\u{1B}[2Jb") } == "a\\u001b[2Jb")
        #expect(Self.text(makesPrintable: false) { $0.append("a\u{1B}[2Jb") } == "a\u{1B}[2Jb")
    }

    @Test("An object's fields are separated, its texts escaped, and its objects nested")
    func writesObjects() {
        let text = Self.text { text in
            text.beginObject()
            text.add("number", 12)
            text.add("text", "a\"b\\c\n{")
            text.add("object", [("x\"y", 1), ("z", 2)])
            text.add("none", [])
            text.add("flag", true)
            text.add("bytes", bytes: [0x00, 0xAF])
            text.add("place", hexadecimal: 0xABC)
            text.endObject()
        }
        let expected =
            #"{"number":12,"text":"a\"b\\c\n{","object":{"x\"y":1,"z":2},"none":{},"flag":true,"bytes":"00af","place":"0xabc"}"#
        #expect(text == expected)
    }
}
