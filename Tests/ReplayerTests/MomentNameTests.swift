import EndToEnd
import GuestImages
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite struct MomentNameTests {
    @Test(arguments: [
        ("12", MomentName.moment(Moment(event: EventOrdinal(12)))),
        ("12+3", .moment(Moment(event: EventOrdinal(12), instructions: 3))),
        ("end", .end),
        ("-100", .beforeEnd(100)),
        ("12.5s", .time(12_500)),
        ("0.001s", .time(1)),
        ("3s", .time(3000)),
        ("port:0x3f8", .port(Port(0x3F8))),
        ("port:64", .port(Port(64))),
        ("console:login:", .console("login:")),
    ])
    func everyFormIsRead(_ text: String, _ name: MomentName) throws {
        #expect(try MomentName(text) == name)
    }

    @Test(arguments: [
        "", "x", "-", "--1", "+1", "1+", "1+-1", "-1+1", "s", ".5s", "1.s", "1.2345s", "99999999999s", "port:",
        "port:0x",
        "port:70000", "port:-1", "port:+1", "console:", "99999999999999999999", "4294968s",
    ])
    func everythingElseIsRefused(_ text: String) {
        #expect(throws: TimelineError.self) { try MomentName(text) }
    }

    @Test(.needsKVM) func namesOfWhatHappenedAreFound() throws {
        let reader = try Recording.make(.named("hello"))
        let console = try MomentName("console:from").moment(in: reader)
        let port = try MomentName("port:0x3f8").moment(in: reader)

        #expect(try ConsoleText.bytes(of: reader, through: console.event) == Array("hello from".utf8))
        #expect(try ConsoleText.bytes(of: reader, through: port.event) == Array("h".utf8))
        #expect(try MomentName("end").moment(in: reader).event.rawValue == reader.events.upperBound.rawValue - 1)
        #expect(try MomentName("-3").moment(in: reader).event.rawValue == reader.events.upperBound.rawValue - 4)
        #expect(throws: TimelineError.self) { try MomentName("console:absent").moment(in: reader) }
        #expect(throws: TimelineError.self) { try MomentName("port:1").moment(in: reader) }
        #expect(throws: TimelineError.self) { try MomentName("-99999").moment(in: reader) }
    }

    @Test func aPatternThatBeginsInsideItselfIsFound() {
        var matcher = PatternMatcher("aab")
        let ends = Array("aaabaab".utf8).map { matcher.consume($0) }

        #expect(ends == [false, false, false, true, false, false, true])
    }

    @Test(
        arguments: [
            ("aab", "xaabaab", [4, 7]), ("a+b", "aaab", [4]), ("l.t", "lot l\nt", [3]), ("[^a-c]x", "axdx", [4]),
            ("(ab|cd)?e", "e abe", [1, 5]), ("kept|lost", "lost", [4]), ("\\d\\d", "a12", [3]), ("\\[\\.", "[.", [2]),
            ("a\\s+b", "a \t b", [5]), ("[a-]", "-", [1]), ("x*y", "xxy", [3]), ("(a|b)*c", "abac", [4]),
            ("\\w=", "_=", [2]),
        ] as [(String, String, [Int])]
    )
    func patternsMatchAtTheByteThatCompletesThem(_ pattern: String, _ text: String, _ ends: [Int]) throws {
        var matcher = try ConsolePattern(pattern).matcher()

        let found = Array(text.utf8).enumerated().filter { matcher.consume($0.element) }.map { $0.offset + 1 }

        #expect(found == ends)
    }

    @Test(arguments: [
        ("", 1), ("a*", 3), ("*", 1), ("(a", 3), ("a)", 2), ("[a", 3), ("[b-a]", 5), ("\\", 2), ("\\q", 3),
        ("a||b*", 6),
        (String(repeating: "(", count: 100), 66), (String(repeating: "a", count: 1025), 1),
    ])
    func badPatternsAreRefusedWithThePlace(_ pattern: String, _ place: Int) {
        let error = #expect(throws: TimelineError.self) { try ConsolePattern(pattern) }

        #expect(error?.description.hasSuffix("at byte \(place)") == true, "\(error?.description ?? "none")")
    }

    @Test func aHostilePatternCostsNoMoreThanItsLength() throws {
        // Backtracking would try 2^40 ways.
        var matcher = try ConsolePattern(String(repeating: "(a|a)*", count: 40) + "b").matcher()

        let found = Array(String(repeating: "a", count: 400).utf8).contains { matcher.consume($0) }
        let last = matcher.consume(UInt8(ascii: "b"))

        #expect(!found)
        #expect(last)
    }

    @Test(.needsKVM) func patternsAreFoundOnTheConsole() throws {
        let reader = try Recording.make(.named("hello"))
        let moment = try MomentName("console~fr?om +[a-z]").moment(in: reader)

        #expect(try ConsoleText.bytes(of: reader, through: moment.event) == Array("hello from r".utf8))
        #expect(throws: TimelineError.self) { try MomentName("console~x+y").moment(in: reader) }
    }
}
