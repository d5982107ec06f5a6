internal import Glibc
public import TraceFormat
internal import X86

extension TraceInfo {
    /// The trace in words for a person, several lines.
    public var text: String {
        facts.map { fact in
            fact.name + String(repeating: " ", count: max(1, 20 - fact.name.count)) + fact.value
        }.printableText
    }

    /// What there is to know about the trace, in the order in which people look at it.
    public var facts: [Fact] {
        var rows: [(String, String)] = [
            (
                "guest",
                "\(header.guest.name), \(Quantity.bytes(header.guest.imageSize)), digest \(header.guest.imageDigest)"
            ),
            ("options", header.commandLine.joined(separator: " ")),
            (
                "machine",
                "\(header.machine.board), \(Quantity.bytes(memorySize)) of memory, processor '\(header.processor.profile)'"
            ),
            ("recorded", "\(date) by \(header.recorder)"),
            ("engine", "\(header.recording.engine.name), processor \(header.recording.processor)"),
            ("host", "\(header.host.processorModel), Linux \(header.host.kernelRelease), \(header.host.module)"),
            (
                "length",
                "\(Quantity.count(eventCount)) events in \(Quantity.seconds(Double(duration) / 1000)), \(Quantity.bytes(byteCount))"
            ),
        ]
        if let kinds {
            rows += Event.Kind.allCases.compactMap { kind in kinds[kind].map { ("  \(kind.name)", Quantity.count($0)) }
            }
        }
        rows.append(
            ("keyframes", "\(synchronousKeyframes) at exits, \(asynchronousKeyframes) between two exits")
        )
        if resets > 0 { rows.append(("resets", Quantity.count(UInt64(resets)))) }
        if !header.patches.isEmpty { rows.append(("trapped", Quantity.trapped(header.patches.map(\.instruction)))) }
        if !completedInstructions.isEmpty {
            rows.append(("completed", "\(Quantity.counts(completedInstructions)), for the host"))
        }
        if let readLeaves {
            let leaves = readLeaves.sorted().map { "0x" + String($0, radix: 16) }.joined(separator: ", ")
            rows.append(("CPUID leaves read", leaves.isEmpty ? "none" : leaves))
        }
        if let seed = header.chaosSeed { rows.append(("chaos seed", "\(seed)")) }
        rows += header.notes.map { ($0.key, $0.value) }
        if let finalDigest { rows.append(("final digest", "\(finalDigest)")) }
        rows.append(("outcome", outcome.map { "\($0)" } ?? missing ?? "none"))
        return rows.map(Fact.init)
    }

    /// The day and time of the recording, in UTC.
    var date: String {
        var seconds = time_t(header.creationTime)
        var parts = unsafe tm()
        // SAFETY: gmtime_r fills the structure it is given, or gives nil for a year that does not fit.
        guard unsafe gmtime_r(&seconds, &parts) != nil else { return "at \(header.creationTime) s" }
        // A 32-bit year plus 1900 may need more than 32 bits.
        let year = unsafe Int(parts.tm_year) + 1900
        let numbers = unsafe [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min]
        let words = ["\(year)"] + numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(words[0])-\(words[1])-\(words[2]) \(words[3]):\(words[4]) UTC"
    }
}
