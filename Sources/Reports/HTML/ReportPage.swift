internal import FoundationEssentials
internal import TraceFormat

extension RunReport {
    /// The report as one HTML page that needs nothing else: no network, no other file.
    ///
    /// - Throws: nothing that can be foreseen: every number of a report has a form in JSON.
    public func html() throws -> String {
        var page = HTMLText()
        page.add(Self.firstLine + "\n")
        page.markup(
            """
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
            """
        )
        page.add("<meta http-equiv=\"Content-Security-Policy\" content=\"\(ReportScript.policy)\">\n")
        page.add("<title>\(HTMLText.escaped(guest)): \(HTMLText.escaped(outcome))</title>\n")
        page.add("<style>\n\(ReportStyle.text)</style></head><body>\n")
        addHead(to: &page)
        page.markup("<main>")
        if let replay { add(replay, to: &page) }
        if let comparison { add(comparison, to: &page) }
        addLastWords(to: &page)
        if let place { add(place, to: &page) }
        addReproduction(to: &page)
        addTimeline(to: &page)
        addAccesses(to: &page)
        addEvents(to: &page)
        addFacts(to: &page)
        page.markup("</main>")
        page.add("<script type=\"application/json\" id=\"data\">\(try timelineData())</script>\n")
        page.add("<script>\(ReportScript.text)</script>\n</body></html>\n")
        return page.html
    }

    /// The first line of every report, by which a report is told from any other file.
    public static let firstLine = "<!doctype html><!-- rr-vm report -->"

    /// What the script shows. Nothing in it can end the element that holds it.
    private func timelineData() throws -> String {
        struct Data: Encodable {
            var file: String
            var word: String
            var activity: [Activity]
            var other: String?
            var otherActivity: [Activity]?
            var difference: UInt64?
        }
        let data = Data(
            file: file,
            word: Self.shellWord(file),
            activity: activity,
            other: comparison?.file,
            otherActivity: comparison?.activity,
            difference: comparison?.firstDifference?.event
        )
        let json = String(decoding: try JSONEncoder().encode(data), as: UTF8.self).printable
        return json.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
    }

    private func addHead(to page: inout HTMLText) {
        page.add("<header class=\"\(isFailure ? "bad" : "good")\"><p class=\"over\">Report of a recorded run</p>")
        page.add(
            "<h1>\(HTMLText.escaped(guest))</h1><p class=\"outcome\">\(HTMLText.escaped(Self.sentence(outcome)))</p>"
        )
        let shown = ["recorded", "length", "machine", "engine"]
        page.add("<dl class=\"brief\">")
        for fact in facts where shown.contains(fact.name) {
            page.add("<div><dt>\(HTMLText.escaped(fact.name))</dt><dd>\(HTMLText.escaped(fact.value))</dd></div>")
        }
        page.add("</dl></header>\n")
    }

    /// A sentence with a capital letter and a full stop.
    private static func sentence(_ text: String) -> String {
        let end = text.last.map { ".!?'".contains($0) } ?? true ? "" : "."
        return text.prefix(1).uppercased() + text.dropFirst() + end
    }

    private func addLastWords(to page: inout HTMLText) {
        let screen = place?.screen.flatMap { $0.lines.isEmpty ? nil : $0 }
        guard !console.lines.isEmpty || screen != nil else { return }
        page.add("<section id=\"console\"><h2>Last words</h2><div class=\"\(screen == nil ? "one" : "two")\">\n")
        if !console.lines.isEmpty {
            page.add("<figure><figcaption>Console\(console.isCut ? ", its last lines" : "")</figcaption>")
            page.add("<pre class=\"console\" tabindex=\"0\"><code>")
            page.add(console.lines.map(HTMLText.console).joined(separator: "\n"))
            page.add("</code></pre></figure>\n")
        }
        if let screen {
            page.add("<figure><figcaption>Screen</figcaption>")
            page.add("<pre class=\"screen\" tabindex=\"0\" aria-label=\"The guest's text screen\">")
            page.add(screen.rows.map(Self.markup).joined(separator: "\n"))
            page.add("</pre></figure>\n")
        }
        page.add("</div></section>\n")
    }

    private static func markup(_ runs: [ScreenReport.Run]) -> String {
        runs.map { run in
            let (front, back) = (run.attribute & 15, run.attribute >> 4 & 7)
            let text = HTMLText.escaped(run.text)
            return front == 7 && back == 0 ? text : "<b class=\"f\(front) b\(back)\">\(text)</b>"
        }.joined()
    }

    private func addReproduction(to page: inout HTMLText) {
        page.add("<section id=\"reproduce\"><h2>Reproduce</h2><pre class=\"commands\" tabindex=\"0\">")
        page.add(reproduction.map(HTMLText.escaped).joined(separator: "\n"))
        page.add("</pre></section>\n")
    }

    private func addTimeline(to page: inout HTMLText) {
        page.markup(
            """
            <section id="timeline"><h2>Timeline</h2>
            <div class="bar"><span role="group" aria-label="Axis"><button data-axis="time" aria-pressed="true">time</button><button
            data-axis="events" aria-pressed="false">events</button></span>
            <span role="group" aria-label="Zoom"><button data-zoom="in" aria-label="Zoom in">+</button><button
            data-zoom="out" aria-label="Zoom out">&minus;</button><button data-zoom="all">whole run</button></span>
            <span class="hint">drag to zoom; keys: &larr; &rarr; move, + &minus; zoom, 0 whole run</span></div>
            <div id="chart" tabindex="0" role="application" aria-label="Timeline: arrow keys move, plus and minus zoom"></div>
            <p id="readout" aria-live="polite">&nbsp;</p>
            <noscript><p>The timeline is drawn by a script, and this browser runs none.</p></noscript></section>
            """
        )
    }
}
