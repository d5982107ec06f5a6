import EndToEnd
import Foundation
import Testing
import TraceFormat

/// `rr-vm export` and `rr-vm bundle`.
@Suite struct ExportTests {
    @Test func perfettoGetsEveryEventInOrder() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("pit-ticks.rrvm")

        let text = try Command.run("export", "perfetto", "pit-ticks.rrvm", in: directory).output

        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let events = try #require(object["traceEvents"] as? [[String: Any]])
        let instants = events.filter { $0["ph"] as? String == "i" }
        let numbers = instants.compactMap { ($0["args"] as? [String: Any])?["event"] as? Int }
        let times = instants.compactMap { $0["ts"] as? Double }
        #expect(numbers == Array(0..<683))
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        let halted = events.filter { $0["ph"] as? String == "X" }
        #expect(halted.count == 100 && halted.allSatisfy { ($0["dur"] as? Double ?? -1) >= 0 })
        #expect(Set(events.compactMap { $0["ph"] as? String }) == ["M", "i", "X"])
    }

    @Test func asciicastShowsTheConsole() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("pit-ticks.rrvm")

        let lines = try Command.run("export", "asciicast", "pit-ticks.rrvm", in: directory).output.split(
            separator: "\n"
        )

        let parsed = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
        let header = try #require(parsed.first as? [String: Any])
        #expect(header["version"] as? Int == 2 && header["width"] as? Int == 80)
        let frames = parsed.dropFirst().compactMap { $0 as? [Any] }
        #expect(frames.compactMap { $0[2] as? String }.joined() == "ticks 00000064 counters 973dddb9\n")
        #expect(frames.allSatisfy { $0[1] as? String == "o" })
        let times = frames.compactMap { $0[0] as? Double }
        #expect(times == times.sorted())
    }

    @Test func tableHasALineForEveryEvent() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("hello.rrvm")

        let lines = try Command.run("export", "csv", "hello.rrvm", in: directory).output.components(separatedBy: "\r\n")

        #expect(lines.count == 46 + 2)
        #expect(lines[0] == "event,milliseconds,kind,what,place,rip,symbol")
        #expect(lines[44] == "43,1,portWrite,out  port 0xf4 size 1 value 0x0,exit,0x7c17,")
    }

    @Test func bundleHoldsAllThatSomebodyElseNeeds() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("hello.rrvm")

        let made = try Command.run("bundle", "hello.rrvm", in: directory)
        let again = try Command.run("bundle", "hello.rrvm", in: directory)
        let looked = try Command.shell(
            """
            tar -xf hello.tar && cd rr-vm-run && ls && cat issue.md && mkdir bin && ln -s "$0" bin/rr-vm &&
            PATH=$PWD/bin:$PATH ./replay.sh --engine soft --cpu-mismatch allow
            """,
            in: directory
        )

        #expect(made.status == 0, "\(made)")
        #expect(
            again.status == 73 && again.messages == "rr-vm: cannot create hello.tar: it exists already\n",
            "\(again)"
        )
        #expect(looked.status == 0, "\(looked)")
        #expect(looked.output.hasPrefix("issue.md\nreplay.sh\nreport.html\ntrace.rrvm\n"))
        #expect(looked.output.contains("    hello.bin: the guest exited with code 0\n"))
        #expect(looked.output.hasSuffix("hello from real mode\n"), "\(looked)")
        let page = String(decoding: try directory.read("rr-vm-run/report.html"), as: UTF8.self)
        #expect(page.contains("rr-vm replay --console trace.rrvm"))
        #expect(try directory.names == ["hello.rrvm", "hello.tar", "rr-vm-run"])
    }
}
