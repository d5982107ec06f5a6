import Testing

@testable import Reports

@Suite struct HTMLTextTests {
    @Test(
        arguments: [
            ("</script><b>", "&lt;/script&gt;&lt;b&gt;"),
            ("a & b", "a &amp; b"),
            (#"" onload='x'"#, "&quot; onload=&#39;x&#39;"),
            ("\u{1B}[31m", "\\u001b[31m"),
            ("x\u{202E}y\u{2066}", "x\\u202ey\\u2066"),
            ("a\nb", "a\\u000ab"),
            ("größer ░", "größer ░"),
        ]
    )
    func nothingOfATextIsTakenForMarkup(text: String, escaped: String) {
        #expect(HTMLText.escaped(text) == escaped)
    }

    @Test(
        arguments: [
            ("\u{1B}[1;31mred\u{1B}[0m", "<i>\\u001b[1;31m</i>red<i>\\u001b[0m</i>"),
            ("\u{1B}[", "<i>\\u001b[</i>"),
            ("\u{1B}", "<i>\\u001b</i>"),
            ("\u{1B}c<b>", "<i>\\u001bc</i>&lt;b&gt;"),
            ("a\tb\rc", "a<i>\\u0009</i>b<i>\\u000d</i>c"),
            ("\u{1B}[</i>", "<i>\\u001b[&lt;/i</i>&gt;"),
            ("plain", "plain"),
        ]
    )
    func controlSequencesOfAConsoleAreShownFaintly(line: String, html: String) {
        #expect(HTMLText.console(line) == html)
    }

    @Test(arguments: [("a.rrvm", "a.rrvm"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("-o", "'./-o'"), ("", "''")])
    func fileNamesAreWordsOfAShell(name: String, word: String) {
        #expect(RunReport.shellWord(name) == word)
    }
}
