/// The script that draws a report's timeline and filters its events. It writes texts only as text.
enum ReportScript {
    /// What the page may do: run its own script and style. The digest is that of ``text``.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'"

    /// SHA-256 of ``text``, in base 64.
    static let digest = "xR5+F1PexR6YMof1teLMC4qR/HjfzRCFVcSLVkI2mh4="

    static let text = #"""

        (function () {
          "use strict";
          const data = JSON.parse(document.getElementById("data").textContent);
          const chart = document.getElementById("chart"), readout = document.getElementById("readout");
          const NS = "http://www.w3.org/2000/svg";
          const rowHeight = 30, top = 18;
          let axis = "time", from = 0, to = 1, cursor = null, drag = null;
          let runs = [], names = [], dense = [], size = 1;

          const node = (name, attributes, text) => {
            const made = document.createElementNS(NS, name);
            for (const key in attributes) made.setAttribute(key, attributes[key]);
            if (text !== undefined) made.textContent = text;
            return made;
          };
          const count = n => n.toLocaleString("en-US");
          const place = n => axis === "time" ? (n / 1000).toFixed(3) + " s" : count(n);

          function choose(name) {
            axis = name;
            runs = [data.activity, data.otherActivity].filter(Boolean).map(list => list.find(a => a.axis === axis));
            size = runs[0].stretchCount;
            names = [];
            for (const run of runs) for (const s of run.series) if (!names.includes(s.name)) names.push(s.name);
            dense = runs.map(run => names.map(name => {
              const counts = new Float64Array(size), series = run.series.find(s => s.name === name);
              if (series) for (let i = 0; i < series.counts.length; i += 2) counts[series.counts[i]] = series.counts[i + 1];
              return counts;
            }));
            from = 0; to = size; cursor = null;
            for (const button of document.querySelectorAll("[data-axis]"))
              button.setAttribute("aria-pressed", button.dataset.axis === axis);
            draw();
          }

          function geometry() {
            const width = Math.max(240, chart.clientWidth), left = width < 560 ? 0 : 204;
            return { width, left, inner: width - left };
          }
          const x = (g, stretch) => g.left + (stretch - from) / (to - from) * g.inner;
          const stretchAt = (g, px) => Math.max(0, Math.min(size - 1e-6, from + (px - g.left) / g.inner * (to - from)));

          // One path of bars. Where several stretches share a bar, it is as high as the highest.
          function bars(g, counts, base, height, up, most) {
            const step = Math.max(1, (to - from) / g.inner * 2);
            let path = "";
            for (let at = Math.floor(from / step) * step; at < to; at += step) {
              let high = 0;
              const end = Math.min(size, at + step);
              for (let i = Math.max(0, Math.floor(at)); i < end; i++) high = Math.max(high, counts[i]);
              if (!high) continue;
              const h = Math.max(1.5, height * Math.sqrt(high / most));
              const x0 = Math.max(g.left, x(g, at)), x1 = Math.min(g.left + g.inner, x(g, at + step));
              if (x1 <= x0) continue;
              const w = Math.max(1, x1 - x0 - (x1 - x0 > 4 ? 1 : 0));
              path += `M${x0.toFixed(1)} ${base}v${up ? -h.toFixed(1) : h.toFixed(1)}h${w.toFixed(1)}V${base}z`;
            }
            return path;
          }

          function draw() {
            const g = geometry(), two = runs.length > 1;
            const height = top + names.length * rowHeight + 24;
            const svg = node("svg", { viewBox: `0 0 ${g.width} ${height}`, height });
            names.forEach((name, row) => {
              const y = top + row * rowHeight, bottom = y + rowHeight - 6;
              const totals = dense.map(series => series[row].reduce((a, b) => a + b, 0));
              const most = Math.max(...dense.map(series => series[row].reduce((a, b) => Math.max(a, b), 0)), 1);
              const base = two ? y + (rowHeight - 6) / 2 + 3 : bottom;
              svg.append(node("line", { x1: g.left, x2: g.width, y1: base + .5, y2: base + .5, class: "rule" }));
              if (g.left) {
                svg.append(node("text", { x: 0, y: bottom - 8 }, name));
                svg.append(node("text", { x: g.left - 12, y: bottom - 8, class: "soft", "text-anchor": "end" },
                  totals.map(count).join(" / ")));
              } else svg.append(node("text", { x: 0, y: y + 6, class: "soft" }, `${name} ${totals.map(count).join(" / ")}`));
              const room = two ? (rowHeight - 8) / 2 : rowHeight - (g.left ? 8 : 16);
              svg.append(node("path", { class: "a", d: bars(g, dense[0][row], base, room, true, most) }));
              if (two) svg.append(node("path", { class: "b", d: bars(g, dense[1][row], base, room, false, most) }));
            });
            const first = runs[0].start, wide = runs[0].width, bottom = top + names.length * rowHeight;
            const span = (to - from) * wide;
            let tick = Math.pow(10, Math.floor(Math.log10(Math.max(1, span / 4))));
            if (span / tick > 16) tick *= 5; else if (span / tick > 8) tick *= 2;
            tick = Math.max(1, tick);
            for (let t = Math.ceil((first + from * wide) / tick) * tick; t <= first + to * wide; t += tick) {
              const px = x(g, (t - first) / wide);
              svg.append(node("line", { x1: px, x2: px, y1: bottom - 2, y2: bottom + 4, class: "rule" }));
              svg.append(node("text", { x: px, y: bottom + 17, class: "soft",
                "text-anchor": px < 30 ? "start" : px > g.width - 30 ? "end" : "middle" },
                axis === "time" ? (t / 1000).toFixed(tick < 1000 ? 3 : 0).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") + " s" : count(t)));
            }
            if (data.difference !== undefined && data.difference !== null) {
              const at = stretchOfEvent(data.difference);
              if (at >= from && at <= to) {
                const px = x(g, at);
                svg.append(node("line", { x1: px, x2: px, y1: top - 6, y2: bottom, class: "diff" }));
                svg.append(node("text", { x: px, y: 9, class: "difftext",
                  "text-anchor": px > g.width - 90 ? "end" : px < g.left + 90 ? "start" : "middle" }, "first difference"));
              }
            }
            if (drag && drag.moved) {
              const a = Math.min(drag.start, drag.now), b = Math.max(drag.start, drag.now);
              svg.append(node("rect", { x: a, y: top - 6, width: b - a, height: bottom - top + 6, class: "sel" }));
            } else if (cursor !== null) {
              const px = x(g, cursor + .5);
              svg.append(node("line", { x1: px, x2: px, y1: top - 6, y2: bottom, class: "cursor" }));
            }
            chart.replaceChildren(svg);
          }

          function stretchOfEvent(event) {
            if (axis === "events") return (event - runs[0].start) / runs[0].width;
            const firsts = runs[0].firstEvents;
            let at = 0;
            while (at + 1 < firsts.length && firsts[at + 1] <= event) at++;
            return at + .5;
          }

          function tell() {
            if (cursor === null) { readout.textContent = "\u00a0"; return; }
            const run = runs[0], start = run.start + cursor * run.width;
            const event = axis === "events" ? start : run.firstEvents[cursor];
            const parts = [];
            names.forEach((name, row) => {
              const values = dense.map(series => series[row][cursor]);
              if (values.some(v => v)) parts.push(`${name} ${values.map(count).join(" / ")}`);
            });
            const end = run.width > 1 ? " to " + place(start + run.width - 1) : "";
            const command = document.createElement("code");
            command.textContent = `rr-vm inspect ${data.word} --at ${event}`;
            readout.replaceChildren(`${axis === "time" ? "" : "event "}${place(start)}${end}: `,
              (parts.join(", ") || "nothing") + ". ", document.createElement("br"), command);
          }

          function zoom(a, b) {
            const least = Math.min(size, 4), middle = (a + b) / 2;
            if (b - a < least) { a = middle - least / 2; b = middle + least / 2; }
            const length = Math.min(size, b - a);
            from = Math.max(0, Math.min(size - length, a)); to = from + length;
            draw();
          }
          function scale(factor) {
            const middle = cursor !== null && cursor >= from && cursor <= to ? cursor + .5 : (from + to) / 2;
            zoom(middle - (middle - from) * factor, middle + (to - middle) * factor);
          }
          function move(stretch) {
            cursor = Math.max(0, Math.min(size - 1, stretch));
            if (cursor < from || cursor > to - 1) { const l = to - from; zoom(cursor - l / 2, cursor + l / 2); }
            draw(); tell();
          }

          chart.addEventListener("pointerdown", e => {
            const px = e.clientX - chart.getBoundingClientRect().left;
            drag = { start: px, now: px, moved: false };
            chart.setPointerCapture(e.pointerId);
          });
          chart.addEventListener("pointermove", e => {
            const g = geometry(), px = e.clientX - chart.getBoundingClientRect().left;
            if (drag) { drag.now = px; drag.moved = drag.moved || Math.abs(px - drag.start) > 4; draw(); return; }
            if (px >= g.left) { cursor = Math.floor(stretchAt(g, px)); draw(); tell(); }
          });
          chart.addEventListener("pointerup", () => {
            const g = geometry(), d = drag;
            drag = null;
            if (d && d.moved) zoom(stretchAt(g, Math.min(d.start, d.now)), stretchAt(g, Math.max(d.start, d.now)));
            else if (d) move(Math.floor(stretchAt(g, d.now)));
          });
          chart.addEventListener("dblclick", () => zoom(0, size));
          chart.addEventListener("keydown", e => {
            const step = Math.max(1, Math.round((to - from) / 60)), now = cursor === null ? Math.floor((from + to) / 2) : cursor;
            const acts = {
              ArrowLeft: () => move(now - (e.shiftKey ? 1 : step)), ArrowRight: () => move(now + (e.shiftKey ? 1 : step)),
              Home: () => move(0), End: () => move(size - 1), "+": () => scale(.5), "=": () => scale(.5),
              "-": () => scale(2), "0": () => zoom(0, size),
            };
            if (acts[e.key] && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); acts[e.key](); }
          });
          for (const button of document.querySelectorAll("[data-axis]"))
            button.addEventListener("click", () => { choose(button.dataset.axis); tell(); });
          for (const button of document.querySelectorAll("[data-zoom]"))
            button.addEventListener("click", () => ({ in: () => scale(.5), out: () => scale(2), all: () => zoom(0, size) })[button.dataset.zoom]());
          addEventListener("resize", draw);

          const filter = document.getElementById("filter"), rows = document.getElementById("rows").rows;
          const shown = document.getElementById("shown"), whole = shown.textContent;
          filter.addEventListener("input", () => {
            const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
            let n = 0;
            for (const row of rows) {
              const text = row.textContent.toLowerCase();
              row.hidden = !words.every(word => text.includes(word));
              n += row.hidden ? 0 : 1;
            }
            shown.textContent = words.length ? `${n} match` : whole;
          });
          document.addEventListener("keydown", e => {
            if (e.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) { e.preventDefault(); filter.focus(); }
          });
          choose("time");
        })();

        """#
}
