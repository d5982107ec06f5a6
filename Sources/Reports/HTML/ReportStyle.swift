/// How a report looks: in the light and in the dark, on a phone and on paper.
enum ReportStyle {
    static let text = #"""
        :root{--paper:#fcfcfb;--card:#f4f4f1;--ink:#1c1d1f;--soft:#62656b;--faint:#9a9da3;--line:#e2e2dd;
        --accent:#2a5db0;--other:#c26a12;--good:#2c7a4b;--bad:#b3261e;--mark:#fff1c2;
        --sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
        --mono:ui-monospace,"SF Mono","Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace}
        @media(prefers-color-scheme:dark){:root{--paper:#15171a;--card:#1d2024;--ink:#e4e5e7;--soft:#a2a6ad;--faint:#6d7178;
        --line:#2d3136;--accent:#7aa7f0;--other:#e8a25a;--good:#6cc18d;--bad:#f08a80;--mark:#3b3417}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0 auto;max-width:76rem;padding:2.5rem 1.5rem 4rem;background:var(--paper);color:var(--ink);
        font:15px/1.5 var(--sans);font-variant-numeric:tabular-nums}
        h1,h2,p,figure,dl,dd,pre{margin:0}
        header{border-top:3px solid var(--good);padding:1.25rem 0 0}
        header.bad{border-color:var(--bad)}
        .over{color:var(--soft);font-size:.8rem;letter-spacing:.04em}
        h1{font-size:1.05rem;font-weight:600;margin-top:.2rem;overflow-wrap:anywhere}
        .outcome{font-size:1.75rem;line-height:1.25;font-weight:600;letter-spacing:-.012em;margin:.35rem 0 1.25rem;
        max-width:40ch;overflow-wrap:anywhere;text-wrap:balance}
        .bad .outcome{color:var(--bad)}
        .brief{display:flex;flex-wrap:wrap;gap:.6rem 2.5rem;font-size:.85rem}
        dt{color:var(--soft)}
        .brief dt{font-size:.75rem}
        section{margin-top:2.75rem}
        h2{font-size:.95rem;font-weight:600;padding-bottom:.35rem;border-bottom:1px solid var(--line);margin-bottom:.9rem;
        overflow-wrap:anywhere}
        figcaption,.hint,.note{color:var(--soft);font-size:.8rem}
        figcaption{margin-bottom:.3rem}
        figure{min-width:0}
        .two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:1.25rem 1.75rem;align-items:start}
        #console .two{grid-template-columns:minmax(0,1fr) auto}
        pre,code,dd,.regs,.num{font-family:var(--mono);font-size:.8125rem}
        .brief dd,.facts dd{font-family:var(--sans);font-size:inherit}
        pre{line-height:1.45;background:var(--card);border-radius:4px;padding:.7rem .85rem;overflow:auto;tab-size:8}
        pre i{font-style:normal;color:var(--faint)}
        .console{max-height:27rem;white-space:pre-wrap;overflow-wrap:anywhere;display:flex;flex-direction:column-reverse}
        pre code{font-size:inherit}
        .commands{white-space:pre-wrap;overflow-wrap:anywhere}
        mark{background:var(--mark);color:inherit;display:inline-block;min-width:100%}
        .num{color:var(--soft)}
        .sym{color:var(--accent);overflow-wrap:anywhere}
        .where{margin-bottom:.9rem}
        .screen{width:max-content;max-width:100%;background:#000;color:#aaa;padding:.6rem .7rem;line-height:1.2;
        font-size:min(.75rem,1.45vw)}
        .screen b{font-weight:400}
        .f0{color:#000}.f1{color:#35a}.f2{color:#0a0}.f3{color:#0aa}.f4{color:#c33}.f5{color:#a3a}.f6{color:#a50}.f7{color:#aaa}
        .f8{color:#666}.f9{color:#78f}.f10{color:#5f5}.f11{color:#5ff}.f12{color:#f66}.f13{color:#f6f}.f14{color:#ff5}.f15{color:#fff}
        .b1{background:#00a}.b2{background:#0a0}.b3{background:#0aa}.b4{background:#a00}.b5{background:#a0a}.b6{background:#a50}
        .b7{background:#aaa}
        .regs{display:grid;grid-template-columns:repeat(auto-fill,minmax(14.5rem,1fr));gap:.05rem 1.5rem;margin-top:1rem}
        .regs div{display:flex;gap:.75rem;justify-content:space-between;border-bottom:1px dotted var(--line);min-width:0}
        .regs dd{overflow-wrap:anywhere;text-align:right}
        .zero{color:var(--faint)}.zero dt{color:inherit}
        details{margin-top:1rem}
        summary{cursor:pointer;color:var(--accent);font-size:.85rem}
        .bar{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin-bottom:.6rem;font-size:.85rem}
        button,input{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);padding:.15rem .65rem;
        border-radius:0}
        .bar span button+button{margin-left:-1px}
        button:hover{background:var(--card)}
        button[aria-pressed=true]{background:var(--card);font-weight:600}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        #chart{touch-action:pan-y;cursor:crosshair;user-select:none;-webkit-user-select:none}
        #chart svg{display:block;width:100%;overflow:visible}
        #chart text{font:12px var(--sans);fill:var(--ink)}
        #chart .soft{fill:var(--soft);font-size:11px}
        #chart .a{fill:var(--accent)}#chart .b{fill:var(--other)}
        #chart .rule{stroke:var(--line)}#chart .cursor{stroke:var(--ink);stroke-width:1}
        #chart .diff{stroke:var(--bad);stroke-width:1.5}#chart .difftext{fill:var(--bad);font-size:11px}
        #chart .sel{fill:var(--ink);opacity:.09}
        #readout{font-size:.82rem;color:var(--soft);margin-top:.5rem;min-height:3em}
        #readout code{color:var(--ink)}
        .runA{color:var(--accent);font-weight:700}.runB{color:var(--other);font-weight:700}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.84rem}
        th{text-align:left;font-weight:400;color:var(--soft);font-size:.78rem;border-bottom:1px solid var(--line)}
        th,td{padding:.16rem 1.1rem .16rem 0;vertical-align:baseline}
        th:last-child,td:last-child{padding-right:0}
        td{border-bottom:1px solid color-mix(in srgb,var(--line) 55%,transparent)}
        .n{text-align:right;white-space:nowrap}
        td code{white-space:nowrap}
        .spark{vertical-align:-2px;fill:var(--accent)}
        .k-interrupt td:nth-child(3) code,.k-nonMaskableInterrupt td:nth-child(3) code{color:var(--other)}
        .k-console td:nth-child(3) code{white-space:pre-wrap}.k-keyframe td{color:var(--faint)}
        .k-end td:nth-child(3) code,.k-tripleFault td:nth-child(3) code{font-weight:700}
        .facts div{display:grid;grid-template-columns:9rem minmax(0,1fr);gap:1rem;font-size:.85rem;padding:.12rem 0}
        .facts dd{overflow-wrap:anywhere}
        #replay.bad pre{border-left:3px solid var(--bad)}#replay.good pre{border-left:3px solid var(--good)}
        @media(max-width:62rem){.two,#console .two{grid-template-columns:minmax(0,1fr)}}
        @media(max-width:40rem){body{padding:1.25rem 1rem 3rem}.outcome{font-size:1.35rem}.hint{display:none}
        .facts div{grid-template-columns:6.5rem minmax(0,1fr)}.screen{font-size:1.72vw;padding:.4rem}
        .regs{grid-template-columns:minmax(0,1fr)}}
        @media print{:root{--paper:#fff;--card:#f4f4f1;--ink:#000;--soft:#444;--faint:#777;--line:#ccc;--accent:#2a5db0;
        --other:#a85400;--good:#2c7a4b;--bad:#a11;--mark:#fff1c2}
        body{max-width:none;padding:0;font-size:10pt}.bar,#readout{display:none}pre{max-height:none!important;white-space:pre-wrap}
        section{margin-top:1.5rem}h2,figcaption{break-after:avoid}figure,#chart,.regs div,tr{break-inside:avoid}
        .two{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
        .screen,.regs,mark,.spark,#chart{print-color-adjust:exact;-webkit-print-color-adjust:exact}}

        """#
}
