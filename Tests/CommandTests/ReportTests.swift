import EndToEnd
import Foundation
import Testing
import TraceFormat
import X86

/// `rr-vm report`.
@Suite struct ReportTests {
    private static let poison = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u{1B}[31m\u{202E}&\"'"

    /// A trace with the poison wherever a guest or a trace can put a text.
    private static func poisoned() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("pit-ticks.rrvm")
        var changes = TraceChanges()
        changes.header = { header in
            header.guest.name = poison
            header.guest.options = [poison]
            header.recorder = poison
            header.host.processorModel = poison
            header.notes.append(TraceHeader.Note(key: poison, value: poison))
        }
        changes.symbols = { symbols in
            symbols.append(GuestSymbol(name: poison, address: GuestVirtualAddress(0x7C00), size: 0x200))
        }
        changes.events = { events in
            let consoles = events.indices.filter { !events[$0].event.consoleBytes.isEmpty }
            for (index, byte) in zip(consoles, poison.utf8) {
                guard case .portWrite(var access) = events[index].event else { continue }
                access.value = UInt32(byte)
                events[index].event = .portWrite(access)
            }
            events[events.count - 1].event = .end(.stopped(.consoleText(poison)))
        }
        _ = try TraceReader(path: directory.file("pit-ticks.rrvm"))
            .copy(to: directory.file("</title><b>.rrvm".replacing("/", with: "")), changes: changes)
        return directory
    }

    @Test func nothingThatAGuestOrATraceSaysIsTakenForMarkup() throws {
        let directory = try Self.poisoned()
        let trace = try #require(try directory.names.first { $0.hasPrefix("<") })

        let result = try Command.run("report", trace, "-o", "report.html", in: directory)

        #expect(result.status == 0, "\(result)")
        let page = String(decoding: try directory.read("report.html"), as: UTF8.self)
        #expect(page.components(separatedBy: "<script").count == 3)
        #expect(page.components(separatedBy: "</script").count == 3)
        #expect(!page.contains("<img") && !page.contains("<title><b>") && !page.contains("onerror=alert(2)>"))
        #expect(page.contains("&lt;img src=x onerror=alert(2)&gt;\\u001b[31m\\u202e&amp;&quot;&#39;"))
        #expect(!page.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }

    @Test func textAndObjectOfAReportAreSafeToPrint() throws {
        let directory = try Self.poisoned()
        let trace = try #require(try directory.names.first { $0.hasPrefix("<") })

        for format in ["text", "json"] {
            let result = try Command.run("report", trace, "--format", format, in: directory)

            #expect(result.status == 0, "\(result)")
            #expect(!result.output.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        }
    }

    @Test func reportIsNamedAfterItsTraceAndReplacesOnlyReports() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("hello.rrvm")

        let first = try Command.run("report", "hello.rrvm", in: directory)
        let second = try Command.run("report", "hello.rrvm", in: directory)
        let third = try Command.run("report", "hello.rrvm", "-o", "hello.rrvm", in: directory)

        #expect(first.status == 0 && second.status == 0, "\(first) \(second)")
        #expect(first.messages.contains("the report is in hello.html"))
        #expect(third.status == 73)
        #expect(third.messages == "rr-vm: hello.rrvm exists already and is not a report: choose another name with -o\n")
        #expect(try directory.names == ["hello.html", "hello.rrvm"])
    }

    @Test func comparisonShowsBothRunsAndTheFirstDifference() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("hello.rrvm")
        try directory.addCommittedTrace("pit-ticks.rrvm")

        let text = try Command.run(
            "report",
            "hello.rrvm",
            "--compare",
            "pit-ticks.rrvm",
            "--format",
            "text",
            in: directory
        )
        let page = try Command.run("report", "hello.rrvm", "--compare", "pit-ticks.rrvm", "-o", "-", in: directory)

        #expect(text.output.contains("the first event that differs is event 1"), "\(text)")
        #expect(page.output.contains("The first event that differs: 1<"), "\(page.messages)")
    }

    @Test func replayIsPartOfTheReportIfAsked() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("hello.rrvm")
        var changes = TraceChanges()
        changes.events = { events in
            guard case .portWrite(var access) = events[43].event else { return }
            access.value = 7
            events[43].event = .portWrite(access)
        }
        _ = try TraceReader(path: directory.file("hello.rrvm")).copy(to: directory.file("other.rrvm"), changes: changes)

        let options = ["--verify", "--format", "text", "--engine", "soft", "--cpu-mismatch", "allow"]
        let equal = try Command(["report", "hello.rrvm"] + options, in: directory).wait()
        let other = try Command(["report", "other.rrvm"] + options, in: directory).wait()

        #expect(equal.status == 0 && equal.output.contains("46 events replayed"), "\(equal)")
        #expect(other.status == 0 && other.output.contains("divergence at event 43"), "\(other)")
    }
}
