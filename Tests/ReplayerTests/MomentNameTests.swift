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
}
