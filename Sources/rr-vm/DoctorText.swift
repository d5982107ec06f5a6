import Confinement
import Engine
import KVMEngine

/// A host report for people.
struct DoctorText {
    let report: HostReport
    let confinement: Confinement.Trial
    let isVerbose: Bool

    /// Everything, ending with the verdict.
    var lines: [String] {
        let groups = [host, capabilities, modes, table, features, accesses, instructions, costs, details, verdict]
        return Array(groups.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private var host: [String] {
        let identity = report.identity
        return [
            row(
                "processor",
                [identity.processorModel, identity.processorVendor].filter { !$0.isEmpty }.joined(separator: ", ")
            ),
            row("kernel", identity.kernelRelease),
            row(
                "KVM",
                "API \(report.apiVersion), "
                    + (identity.modules.isEmpty ? "built in" : identity.modules.joined(separator: ", "))
            ),
            row(
                "confinement",
                (confinement.limitsSystemCalls
                    ? "system calls limited" : "NO limit to system calls: no seccomp filters here")
                    + (confinement.limitsFiles ? ", files limited" : ", files not limited separately: no Landlock here")
            ),
        ]
    }

    /// The capabilities that rr-vm uses, or would use where they exist.
    private static let important = [
        "USER_MEMORY", "IMMEDIATE_EXIT", "SYNC_REGS", "READONLY_MEM", "X86_USER_SPACE_MSR", "X86_MSR_FILTER",
        "VCPU_EVENTS",
        "DEBUGREGS", "XSAVE", "XCRS", "SET_GUEST_DEBUG", "MANUAL_DIRTY_LOG_PROTECT2", "DIRTY_LOG_RING", "TSC_CONTROL",
    ]

    private var capabilities: [String] {
        let all = report.capabilities
        let present = all.filter { $0.machine != 0 || $0.system != 0 }
        let heading = "capabilities: \(present.count) of the \(all.count) that <linux/kvm.h> names"
        if isVerbose {
            return [heading] + all.map { row($0.name.withoutPrefix, "\($0.system)  \($0.machine)", width: 36) }
        }
        let values = Self.important.map { name in
            "\(name) \(all.first { $0.name.withoutPrefix == name }?.machine ?? 0)"
        }
        return [heading] + inColumns(values, count: 3, width: 34)
    }

    private var modes: [String] {
        GuestMode.allCases.map { mode in
            guard let execution = report.execution[mode], let speed = execution.instructionsPerSecond else {
                return row(mode.title, "does not execute: \(report.execution[mode]?.finding.detail ?? "not probed")")
            }
            let how = execution.isNative == true ? "native" : "emulated"
            return row(mode.title, "\(how), \(Self.rate(speed)) instructions/s")
        }
    }

    private var table: [String] {
        let head = GuestMode.allCases.map { $0.title.padded(to: Self.column) }.joined()
        return [row("", head)]
            + Behaviour.allCases.map { behaviour in
                row(behaviour.title, GuestMode.allCases.map { cell(behaviour, $0).padded(to: Self.column) }.joined())
            }
    }

    private func cell(_ behaviour: Behaviour, _ mode: GuestMode) -> String {
        switch report[behaviour, mode].verdict {
        case .works: "yes"
        case .fails: "no"
        case .untried: "?"
        }
    }

    private var features: [String] {
        HostFeature.allCases.map { feature in
            let finding = report[feature]
            let word =
                switch finding.verdict {
                case .works: "yes"
                case .fails: "no"
                case .untried: "?"
                }
            return row(feature.title, finding.detail.isEmpty ? word : "\(word): \(finding.detail)")
        }
    }

    private var accesses: [String] {
        let delays = perMode { report.interruptWindowDelay[$0].map { "\($0)" } }
        return [
            row("window late by", delays + " instructions"),
            row("RIP at OUT", perMode { position(report.accesses[$0]?.outputPosition) }),
            row("RIP at MMIO write", perMode { position(report.accesses[$0]?.memoryWritePosition) }),
            row("REP OUTSB of 8", perMode { report.accesses[$0]?.outputElements.map { "\($0) per exit" } }),
            row("REP INSB of 8", perMode { report.accesses[$0]?.inputElements.map { "\($0) per exit" } }),
            row("CPUID of zeros", differences(report.forcedCPUID)),
            row("CPUID of baseline", differences(report.baselineCPUID)),
        ]
    }

    private func position(_ position: HostReport.AccessFacts.Position?) -> String? {
        switch position {
        case .atInstruction: "at the instruction"
        case .afterInstruction: "after the instruction"
        case nil: nil
        }
    }

    /// One value if all modes agree, otherwise one for each.
    private func perMode(_ value: (GuestMode) -> String?) -> String {
        let values = GuestMode.allCases.map { ($0.title, value($0) ?? "?") }
        guard Set(values.map(\.1)).count > 1 else { return values[0].1 }
        return values.map { "\($0): \($1)" }.joined(separator: ", ")
    }

    private func differences(_ list: [CPUIDDifference]) -> String {
        if list.isEmpty { return "shown as requested" }
        let shown = isVerbose ? list[...] : list.prefix(3)
        let rest = list.count - shown.count
        return shown.map(\.description).joined(separator: ", ") + (rest > 0 ? ", and \(rest) more" : "")
    }

    private var instructions: [String] {
        [GuestMode.protected32, .ring0].flatMap { mode in
            let missing = report.missingInstructions(in: mode)
            let tried = report.instructions.count { $0.mode == mode }
            let text = missing.isEmpty ? "none" : missing.joined(separator: ", ")
            return [row("missing in \(mode.title)", "\(missing.count) of \(tried) tried: \(text)")]
        }
    }

    private var costs: [String] {
        HostCost.allCases.map { row($0.title, report.costs[$0].map(Self.time) ?? "?") }
    }

    private var details: [String] {
        guard isVerbose else { return [] }
        let findings = Behaviour.allCases.flatMap { behaviour in
            GuestMode.allCases.map { ("\(behaviour.title), \($0.title)", report[behaviour, $0].detail) }
        }
        let instructions = report.instructions.map { ("\($0.name), \($0.mode.title): \($0.outcome)", $0.detail) }
        return (findings + instructions).filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }
    }

    private var verdict: [String] {
        ["verdict"] + report.verdict.flatMap { Self.wrapped($0, to: 110, indent: "  ") }
    }
}

// MARK: Layout

extension DoctorText {
    private static let label = 28
    private static let column = 12

    private func row(_ title: String, _ value: String, width: Int = label) -> String {
        (title.padded(to: width) + value).trimmed
    }

    private func inColumns(_ cells: [String], count: Int, width: Int) -> [String] {
        stride(from: 0, to: cells.count, by: count).map { start in
            ("  " + cells[start..<min(start + count, cells.count)].map { $0.padded(to: width) }.joined()).trimmed
        }
    }

    /// `1.6 million`, `2.4 billion`.
    private static func rate(_ value: Double) -> String {
        let (amount, unit) = value >= 1e9 ? (value / 1e9, "billion") : (value / 1e6, "million")
        let tenths = Int((amount * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }

    private static func time(_ nanoseconds: UInt64) -> String {
        "\(nanoseconds / 1000).\(nanoseconds % 1000 / 100) us"
    }

    private static func wrapped(_ text: String, to width: Int, indent: String) -> [String] {
        var lines: [String] = []
        var line = "- "
        for word in text.split(separator: " ") {
            if line.count + word.count > width {
                lines.append(line.trimmed)
                line = indent
            }
            line += word + " "
        }
        return lines + [line.trimmed]
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(width - count, 1))
    }

    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    fileprivate var withoutPrefix: String {
        String(trimmingPrefix("KVM_CAP_"))
    }
}
