import EndToEnd
import Foundation
import Testing

/// A report in a browser, where Chromium is installed.
@Suite(.enabled("needs Chromium") { Browser.isInstalled }) struct BrowserTests {
    private static let chromium = """
        timeout 60 chromium --headless=new --no-sandbox --disable-gpu --window-size=1280,900 --user-data-dir=profile \
        --enable-logging=stderr --dump-dom
        """

    @Test func pageDrawsItsTimelineWithoutAnError() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("pit-ticks.rrvm")

        let result = try Command.shell(
            "\"$0\" report pit-ticks.rrvm -o page.html && \(Self.chromium) \"file://$PWD/page.html\"",
            in: directory
        )

        #expect(!result.messages.contains("CONSOLE"), "\(result.messages)")
        #expect(result.output.components(separatedBy: "<path class=\"a\"").count > 4)
        #expect(result.output.contains(">interrupt 0x20</text>"))
    }

    @Test func timelineZoomsAndMovesByPointerAndKeysAndEventsAreFiltered() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("pit-ticks.rrvm")
        _ = try Command.run("report", "pit-ticks.rrvm", "-o", "page.html", in: directory)
        let page = String(decoding: try directory.read("page.html"), as: UTF8.self)
        // The page itself lets no other script run.
        let policy = try #require(page.firstMatch(of: /<meta http-equiv="Content-Security-Policy"[^>]*>/))
        let changed = page.replacing(policy.output, with: "").replacing("</body>", with: Self.actions + "</body>")
        try directory.write(Array(changed.utf8), to: "changed.html")

        let result = try Command.shell("\(Self.chromium) \"file://$PWD/changed.html\"", in: directory)

        #expect(!result.messages.contains("CONSOLE"), "\(result.messages)")
        let title = try #require(result.output.firstMatch(of: #/<title>(.*?)</title>/#)).output.1
        let steps = title.split(separator: " ## ").map(String.init)
        try #require(steps.count == 7, "\(title)")
        #expect(steps[0] != steps[1] && steps[0] == steps[2], "a drag zooms, and 0 shows the whole run: \(title)")
        #expect(steps[3].contains("rr-vm inspect pit-ticks.rrvm --at 6"), "\(title)")
        #expect(steps[4].hasPrefix("event 0") && steps[4].hasSuffix("--at 0"), "\(title)")
        #expect(steps[5].wholeMatch(of: /[1-9]\d* match/) != nil && steps[6] == "true", "\(title)")
    }

    /// What a person does, and what the page shows after each step, as its title.
    private static let actions = """
        <script>
        const out = [], chart = document.getElementById("chart"), box = chart.getBoundingClientRect();
        const readout = document.getElementById("readout"), filter = document.getElementById("filter");
        const ticks = () => [...chart.querySelectorAll("text.soft")].map(t => t.textContent).slice(-3).join("|");
        const point = (kind, x) => chart.dispatchEvent(new PointerEvent(kind,
            { clientX: box.left + x, clientY: box.top + 40, bubbles: true, pointerId: 1 }));
        const key = (name, where) => where.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
        chart.setPointerCapture = () => {};
        out.push(ticks());
        point("pointerdown", 500); point("pointermove", 600); point("pointermove", 700); point("pointerup", 700);
        out.push(ticks());
        key("0", chart); out.push(ticks());
        key("+", chart); key("ArrowRight", chart); key("End", chart); out.push(readout.textContent);
        document.querySelector("[data-axis=events]").click();
        key("Home", chart); out.push(readout.textContent);
        filter.value = "interrupt controller"; filter.dispatchEvent(new Event("input"));
        out.push(document.getElementById("shown").textContent);
        key("/", document); out.push(String(document.activeElement === filter));
        document.title = out.join(" ## ");
        </script>
        """
}

/// The browser of Debian's package chromium.
enum Browser {
    static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")
}
