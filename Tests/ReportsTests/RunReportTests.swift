import EndToEnd
import Foundation
import Replayer
import SystemPackage
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Reports

/// What a report holds, for traces that come with the project.
@Suite struct RunReportTests {
    private static func report(_ name: String, against other: String? = nil) throws -> RunReport {
        let traces = Checkout.root.appending("traces")
        let reader = try TraceReader(path: traces.appending(name))
        var report = try RunReport(reader, against: other.map { try TraceReader(path: traces.appending($0)) })
        if var last = try reader.lastState() {
            try report.look(at: &last.view, moment: last.moment, isAtEnd: last.isAtEnd, in: reader)
        }
        return report
    }

    @Test func allEventsOfATraceAreCounted() throws {
        let report = try Self.report("pit-ticks.rrvm")

        for activity in report.activity {
            let events = activity.series.filter { !$0.name.hasPrefix("idle") && !$0.name.hasPrefix("pages") }
            // All but the end.
            #expect(events.reduce(0) { $0 + $1.total } == report.eventCount - 1)
        }
        #expect(report.events.count == 200)
        #expect(report.events.last?.kind == "end")
        #expect(report.events.contains { $0.text == "console \"ticks 00000064 counters 973dddb9\\n\"" })
        #expect(report.outcome == "the guest exited with code 0")
        #expect(!report.isFailure)
        #expect(report.accesses.first { $0.place == "0x40" }?.name == "timer counter0")
        #expect(report.place?.code.isEmpty == false)
    }

    @Test func lastStateIsTheOneAtTheEndUnlessTheEndIsMissing() throws {
        let traces = Checkout.root.appending("traces")

        let whole = try #require(try TraceReader(path: traces.appending("hello.rrvm")).lastState())
        let cut = try #require(try TraceReader(path: traces.appending("cut-off.rrvm")).lastState())

        #expect(whole.isAtEnd && whole.moment == Moment(event: EventOrdinal(44)))
        #expect(!cut.isAtEnd)
        #expect(try Self.report("cut-off.rrvm").html().contains("<h2>The last recorded state</h2>"))
        #expect(try Self.report("hello.rrvm").html().contains("<h2>Where it ended</h2>"))
    }

    @Test func comparisonMarksTheFirstEventThatDiffers() throws {
        let comparison = try #require(try Self.report("hello.rrvm", against: "pit-ticks.rrvm").comparison)
        let own = try #require(try Self.report("hello.rrvm", against: "hello.rrvm").comparison)

        #expect(comparison.firstDifference?.event == 1)
        #expect(comparison.firstDifference?.there?.place == "interrupt controller primary command")
        #expect(
            comparison.activity.map(\.stretchCount)
                == (try Self.report("hello.rrvm", against: "pit-ticks.rrvm")).activity.map(\.stretchCount)
        )
        #expect(own.firstDifference == nil && own.otherEvents == 0)
    }

    @Test(arguments: Checkout.traces) func reportOfEveryTraceIsOnePageAndOneObject(path: FilePath) throws {
        let report = try Self.report(path.lastComponent?.string ?? "")

        let page = try report.html()
        let object = try JSONDecoder().decode(RunReport.self, from: Data(report.json().utf8))

        #expect(page.hasPrefix(RunReport.firstLine))
        #expect(page.utf8.count < 1 << 20)
        // The one address is the name of SVG's elements.
        #expect(page.components(separatedBy: "://").count == 2)
        for word in [" src=", " href=", "@import", "url("] { #expect(!page.contains(word), "\(word)") }
        #expect(page.components(separatedBy: "<script").count == 3)
        #expect(object == report)
        #expect(report.text.contains(report.outcome.printable))
    }

    @Test func pageLetsNoOtherScriptRunThanItsOwn() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Array(ReportScript.text.utf8), to: "script")

        let sum = try Command.shell("sha256sum <script", in: directory).output.prefix(64)

        let bytes = stride(from: 0, to: sum.count, by: 2).compactMap { UInt8(sum.dropFirst($0).prefix(2), radix: 16) }
        #expect(Data(bytes).base64EncodedString() == ReportScript.digest, "put the new digest into ReportScript.digest")
        #expect(try Self.report("hello.rrvm").html().contains("<script>\(ReportScript.text)</script>"))
    }

    @Test func screenStartsWhereTheGuestSaysAndHasItsColours() throws {
        var start = ScreenStart()
        for (port, size, value) in [
            (UInt16(0x3D4), AccessSize.byte, UInt32(0x0C)), (0x3D5, .byte, 0x01), (0x3D4, .word, 0x400D),
        ] { start.add(.portWrite(PortAccess(port: Port(port), size: size, value: value))) }

        #expect(start.value == 0x140)
    }
}
