import Foundation
import Testing

@testable import TraceFormat

/// Texts from outside cannot command a terminal.
@Suite struct PrintableTests {
    @Test(
        arguments: [
            ("\u{1B}]0;title\u{7}", "\\u001b]0;title\\u0007"), ("a\nb\r\tc", "a\\u000ab\\u000d\\u0009c"),
            ("\r\n", "\\u000d\\u000a"), ("\u{7F}", "\\u007f"), ("\u{9B}31m", "\\u009b31m"), ("\u{85}", "\\u0085"),
            ("abc\u{202E}def\u{202C}", "abc\\u202edef\\u202c"), ("\u{2066}\u{2069}", "\\u2066\\u2069"),
            ("\u{61C}\u{200E}\u{200F}", "\\u061c\\u200e\\u200f"), ("\u{2028}\u{2029}", "\\u2028\\u2029"),
            ("\u{FEFF}\u{200B}\u{2060}", "\\ufeff\\u200b\\u2060"),
        ]
    )
    func controlIsShownAndNotObeyed(text: String, shown: String) {
        #expect(text.printable == shown)
    }

    @Test(arguments: ["", "plain", "c:\\path", "é Ω 你好 👩‍👩‍👧 ‼ ⌂", "\u{A0}\u{200D}\u{2030}"])
    func allElseStaysAsItIs(text: String) {
        #expect(text.printable == text)
    }

    @Test func everyControlCharacterIsEscaped() {
        let controls = (Array(0..<0x20) + Array(0x7F..<0xA0)).compactMap(Unicode.Scalar.init)
        #expect(controls.allSatisfy { String(Character($0)).printable.hasPrefix("\\u00") })
    }

    @Test func linesEndWhereTheyAreMadeToOnly() {
        #expect(["one\nforged", "two"].printableText == "one\\u000aforged\ntwo")
    }

    @Test func objectStaysJSONWithTheSameText() throws {
        let text = "\u{1B}[2J\u{9B}\u{7F}\u{202E}\"\\\n\t" + "é"
        var object = TextBuffer(capacity: 64, makesPrintable: true)
        object.beginObject()
        object.add("text", text)
        object.endObject()

        let shown = object.string
        let read = try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: String]

        #expect(read == ["text": text])
        #expect(shown.printable == shown)
    }
}
