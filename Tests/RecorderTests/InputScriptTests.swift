import Testing

@testable import Recorder

/// What a script types, and when.
@Suite struct InputScriptTests {
    /// What is typed after each byte that the console shows; first what is typed before any.
    private func typed(_ script: String, showing text: [UInt8]) throws -> [String] {
        var script = try InputScript(script)
        let start = script.start()
        return ([start] + text.map { script.consume($0) }).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func whatIsSentFirstIsTypedAtTheStart() throws {
        #expect(try typed("send a\nsend b", showing: []) == ["ab"])
    }

    @Test func nothingIsTypedBeforeWhatIsExpected() throws {
        #expect(try typed("expect ab\nsend x\nsend y", showing: Array("aab!".utf8)) == ["", "", "", "xy", ""])
    }

    @Test func eachTextIsWaitedForBehindTheOneBefore() throws {
        let script = "expect aa\nsend 1\nexpect aa\nsend 2"

        #expect(try typed(script, showing: Array("aaa".utf8)) == ["", "", "1", ""])
        #expect(try typed(script, showing: Array("aaaa".utf8)) == ["", "", "1", "", "2"])
    }

    @Test(arguments: ["\n", "\r\n"]) func linesEndEitherWay(end: String) throws {
        let script = ["# a remark", "", "send a", "expect >", "send b", ""].joined(separator: end)

        #expect(try typed(script, showing: [UInt8(ascii: ">")]) == ["a", "b"])
    }

    @Test func escapesStandForBytes() throws {
        var script = try InputScript(#"send \n\r\t\e\\\x00\xfF x"#)

        #expect(script.start() == [0x0A, 0x0D, 0x09, 0x1B, 0x5C, 0x00, 0xFF, 0x20, 0x78])
    }

    @Test func aTextOfSpacesIsOne() throws {
        #expect(try typed("expect  \nsend  ", showing: [0x20]) == ["", " "])
    }

    @Test func anyByteCanBeExpected() throws {
        #expect(try typed(#"expect \xff\xfe"# + "\nsend x", showing: [0xFF, 0xFE]) == ["", "", "x"])
    }

    @Test(
        arguments: [
            ("send", 1, "needs a text"),
            ("send a\n\nexpect ", 3, "needs a text"),
            ("type a", 1, "'type' is neither"),
            (#"send \q"#, 1, "escape"),
            (#"send \"#, 1, "escape"),
            (#"send \x1"#, 1, "escape"),
            (#"send \x+1"#, 1, "escape"),
        ]
    )
    func mistakesAreNamedWithTheirLine(text: String, line: Int, reason: String) throws {
        let failure = #expect(throws: InputScript.Failure.self) { try InputScript(text) }

        #expect(failure?.line == line)
        #expect(failure?.reason.contains(reason) == true)
        #expect(failure?.description.hasPrefix("line \(line): ") == true)
    }
}
