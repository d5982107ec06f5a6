extension RunReport {
    func add(_ place: PlaceReport, to page: inout HTMLText) {
        page.add(
            "<section id=\"place\"><h2>\(place.isAtEnd ? "Where it ended" : "The last recorded state")</h2><p class=\"where\"><code>\(HTMLText.escaped(place.address))</code>"
        )
        if let symbol = place.symbol { page.add(" in <code class=\"sym\">\(HTMLText.escaped(symbol))</code>") }
        page.add(", \(HTMLText.escaped(place.mode)), moment <code>\(HTMLText.escaped(place.moment))</code></p>\n")
        page.add("<div class=\"two\"><figure><figcaption>Next instructions</figcaption><pre tabindex=\"0\">")
        if place.code.isEmpty { page.add("<i>no instruction can be read here</i>") }
        for (index, line) in place.code.enumerated() {
            let symbol = line.symbol.map { "<span class=\"sym\">&lt;\(HTMLText.escaped($0))&gt;</span> " } ?? ""
            let text =
                "<span class=\"num\">\(HTMLText.escaped(line.address))</span> \(symbol)\(HTMLText.escaped(line.text))"
            page.add(index == 0 ? "<mark>\(text)</mark>\n" : "\(text)\n")
        }
        page.add("</pre></figure>\n")
        if place.backtrace.count > 1 {
            addList("Backtrace, by frame pointers", place.backtrace.map { ($0.address, $0.symbol ?? "") }, to: &page)
        } else {
            addList("Top of the stack", place.stack.map { ($0.value, $0.symbol ?? "") }, to: &page)
        }
        page.add("</div>")
        let main = Self.mainRegisters(in: place.mode)
        let first = place.registers.filter { main.contains($0.name) }
        let rest = place.registers.filter { !main.contains($0.name) }
        addRegisters(first, to: &page)
        page.add("<details><summary>All registers</summary>")
        addRegisters(rest, to: &page)
        page.add("</details></section>\n")
    }

    /// The registers that are shown without being asked for. R8 to R15 exist in 64-bit mode only.
    private static func mainRegisters(in mode: String) -> Set<String> {
        let common: Set = [
            "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "rip", "rflags", "cs", "ss", "ds", "cr0", "cr2",
            "cr3",
            "cr4", "efer",
        ]
        return mode == PlaceReport.longMode ? common.union((8...15).map { "r\($0)" }) : common
    }

    private func addRegisters(_ registers: [Fact], to page: inout HTMLText) {
        page.add("<dl class=\"regs\">")
        for register in registers {
            let isZero = register.value == "0x0" ? " class=\"zero\"" : ""
            page.add(
                "<div\(isZero)><dt>\(HTMLText.escaped(register.name))</dt><dd>\(HTMLText.escaped(register.value))</dd></div>"
            )
        }
        page.add("</dl>")
    }

    private func addList(_ title: String, _ lines: [(String, String)], to page: inout HTMLText) {
        guard !lines.isEmpty else { return }
        page.add("<figure><figcaption>\(HTMLText.escaped(title))</figcaption><pre tabindex=\"0\">")
        for (number, name) in lines {
            page.add(
                "<span class=\"num\">\(HTMLText.escaped(number))</span> <span class=\"sym\">\(HTMLText.escaped(name))</span>\n"
            )
        }
        page.add("</pre></figure>\n")
    }

    func add(_ verdict: ReplayVerdict, to page: inout HTMLText) {
        page.add(
            "<section id=\"replay\" class=\"\(verdict.isEqual ? "good" : "bad")\"><h2>Replay</h2><pre tabindex=\"0\">"
        )
        page.add(
            verdict.text.split(separator: "\n", omittingEmptySubsequences: false).map(HTMLText.escaped).joined(
                separator: "\n"
            )
        )
        page.add("</pre></section>\n")
    }

    func add(_ comparison: ComparisonReport, to page: inout HTMLText) {
        page.add("<section id=\"comparison\"><h2>Compared with \(HTMLText.escaped(comparison.file))</h2>")
        page.add("<p>The other run: \(HTMLText.escaped(comparison.outcome)). ")
        page.add(
            "\(Quantity.count(comparison.equalEvents)) events are equal, \(Quantity.count(comparison.otherEvents)) are not.</p>"
        )
        if let difference = comparison.firstDifference {
            page.add(
                "<figure><figcaption>The first event that differs: \(difference.event)</figcaption><pre tabindex=\"0\">"
            )
            for (mark, line) in [("A", difference.here), ("B", difference.there)] {
                let text = line.map {
                    "\($0.text)\($0.address.map { " at \($0)" } ?? "")\($0.symbol.map { " <\($0)>" } ?? "")"
                }
                page.add(
                    "<span class=\"run\(mark)\">\(mark)</span> \(HTMLText.escaped(text ?? "nothing: the trace ends before"))\n"
                )
            }
            page.add("</pre></figure>")
        } else {
            page.add("<p>No event differs.</p>")
        }
        if !comparison.fields.isEmpty {
            page.add(
                "<details><summary>Differences in the traces' headers</summary><div class=\"scroll\"><table><thead><tr><th>field<th>A<th>B</thead><tbody>"
            )
            for field in comparison.fields {
                page.add(
                    "<tr><td>\(HTMLText.escaped(field.name))<td>\(HTMLText.escaped(field.here))<td>\(HTMLText.escaped(field.there))"
                )
            }
            page.add("</tbody></table></div></details>")
        }
        page.add("</section>\n")
    }

    func addAccesses(to page: inout HTMLText) {
        guard !accesses.isEmpty || !exits.isEmpty else { return }
        page.add("<section id=\"accesses\"><h2>Ports, addresses and code</h2>")
        if !accesses.isEmpty { add(accesses.prefix(Self.openAccesses), to: &page) }
        if accesses.count > Self.openAccesses {
            page.add("<details><summary>\(accesses.count - Self.openAccesses) more</summary>")
            add(accesses.dropFirst(Self.openAccesses), to: &page)
            page.add("</details>")
        }
        if otherAccesses > 0 {
            page.add("<p class=\"note\">\(Quantity.count(otherAccesses)) accesses to other places.</p>")
        }
        if !exits.isEmpty {
            page.add(
                "<details><summary>The instructions that exited most</summary><div class=\"scroll\"><table><thead><tr><th>address<th>symbol<th class=\"n\">exits</thead><tbody>\n"
            )
            for site in exits {
                page.add(
                    "<tr><td><code>\(HTMLText.escaped(site.address))</code><td class=\"sym\">\(HTMLText.escaped(site.symbol ?? ""))<td class=\"n\">\(Self.number(site.count))\n"
                )
            }
            page.add("</tbody></table></div></details>")
        }
        page.add("</section>\n")
    }

    /// How many places are shown without being asked for.
    private static let openAccesses = 16

    private func add(_ accesses: ArraySlice<AccessReport>, to page: inout HTMLText) {
        page.add(
            "<div class=\"scroll\"><table><thead><tr><th>place<th>what it is<th class=\"n\">reads<th class=\"n\">writes"
        )
        page.add("<th class=\"n\">first<th class=\"n\">last<th>over time</thead><tbody>\n")
        for access in accesses {
            let place = access.kind == .register ? "MSR \(access.place)" : access.place
            page.add("<tr><td><code>\(HTMLText.escaped(place))</code><td>\(HTMLText.escaped(access.name ?? ""))")
            page.add("<td class=\"n\">\(Self.number(access.reads))<td class=\"n\">\(Self.number(access.writes))")
            page.add("<td class=\"n\">\(Self.seconds(access.first))<td class=\"n\">\(Self.seconds(access.last))")
            page.add("<td>\(Self.sparkline(access.history))\n")
        }
        page.add("</tbody></table></div>")
    }

    func addEvents(to page: inout HTMLText) {
        page.add(
            "<section id=\"events\"><h2>Last events</h2><div class=\"bar\"><label>Filter <input type=\"search\" id=\"filter\" autocomplete=\"off\" spellcheck=\"false\"></label>"
        )
        page.add(
            "<span class=\"hint\" id=\"shown\">\(Quantity.count(UInt64(events.count))) of \(Quantity.count(eventCount)); key: /</span></div>"
        )
        page.add(
            "<div class=\"scroll\"><table class=\"events\"><thead><tr><th class=\"n\">event<th class=\"n\">time<th>what happened<th>there<th>by</thead><tbody id=\"rows\">\n"
        )
        for event in events {
            page.add(
                "<tr class=\"k-\(HTMLText.escaped(event.kind))\"><td class=\"n\">\(event.event)\(event.last.map { "&ndash;\($0)" } ?? "")<td class=\"n\">\(Self.seconds(event.time))"
            )
            page.add(
                "<td><code>\(HTMLText.escaped(event.text))</code><td>\(HTMLText.escaped(event.place ?? ""))<td><code>\(HTMLText.escaped(event.address ?? ""))</code>"
            )
            if let symbol = event.symbol { page.add(" <code class=\"sym\">\(HTMLText.escaped(symbol))</code>") }
            page.add("\n")
        }
        page.add("</tbody></table></div></section>\n")
    }

    func addFacts(to page: inout HTMLText) {
        page.add("<section id=\"trace\"><h2>Trace and machine</h2><dl class=\"facts\">")
        page.add("<div><dt>file</dt><dd>\(HTMLText.escaped(file))</dd></div>\n")
        for fact in facts {
            page.add("<div><dt>\(HTMLText.escaped(fact.name))</dt><dd>\(HTMLText.escaped(fact.value))</dd></div>\n")
        }
        page.add("</dl></section>\n")
    }

    private static func number(_ value: UInt64) -> String { value == 0 ? "" : Quantity.count(value) }

    private static func seconds(_ milliseconds: UInt64) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    /// Bars in an inline image, as high as the root of each count.
    private static func sparkline(_ counts: [UInt64]) -> String {
        let most = Double(counts.max() ?? 0)
        guard most > 0 else { return "" }
        let bars = counts.enumerated().filter { $0.element > 0 }.map { index, count in
            let height = max(1, (14 * (Double(count) / most).squareRoot()).rounded())
            return "M\(index * 2) 14v-\(Int(height))h2v\(Int(height))z"
        }
        return
            "<svg class=\"spark\" width=\"\(counts.count * 2)\" height=\"14\" aria-hidden=\"true\"><path d=\"\(bars.joined())\"/></svg>"
    }
}
