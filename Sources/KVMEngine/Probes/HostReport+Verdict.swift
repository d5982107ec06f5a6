internal import Engine

extension HostReport {
    /// What this host can record and replay, and how. Each element is one or two sentences.
    public var verdict: [String] {
        guard canRecord else { return ["This host cannot record: \(obstacle)."] }
        return [
            recordingSentence, landingSentence, timeSentence, randomSentence, concealmentSentence, instructionSentence,
            systemCallSentence,
        ]
        .compactMap(\.self)
    }

    private var obstacle: String {
        guard GuestMode.allCases.contains(where: executes) else { return "no guest executes" }
        let missing = Self.neededToRecord.filter { behaviour in
            !GuestMode.allCases.contains { self[behaviour, $0].isPositive }
        }
        guard !missing.isEmpty else { return "no mode has all that a recording needs" }
        let untried = missing.filter { behaviour in
            GuestMode.allCases.contains { executes($0) && self[behaviour, $0].verdict == .untried }
        }
        let lacking = missing.filter { !untried.contains($0) }
        let parts = [("it lacks ", lacking), ("it is unknown whether it has ", untried)]
        return parts.filter { !$0.1.isEmpty }.map { $0.0 + Self.list($0.1.map(\.title)) }.joined(separator: ", and ")
    }

    private var recordingSentence: String {
        let others = GuestMode.allCases.filter { !recordableModes.contains($0) }
        let exception = others.isEmpty ? "" : "; not in " + Self.list(others.map(\.title))
        return "Recording: possible in \(Self.list(recordableModes.map(\.title)))\(exception)."
    }

    private var landingSentence: String {
        let ways: [(Landing?, String)] = [
            (.breakpoint, "by hardware breakpoint"), (.jump, "by a jump to the keyframe only"), (nil, "impossible"),
        ]
        var parts = ways.compactMap { way, words in
            let modes = GuestMode.allCases.filter {
                executes($0) && landing(in: $0) == way && !isLandingUnknown(in: $0)
            }
            return modes.isEmpty ? nil : "in \(Self.list(modes.map(\.title))) \(words)"
        }
        let unknown = GuestMode.allCases.filter(isLandingUnknown)
        if !unknown.isEmpty { parts.append("in \(Self.list(unknown.map(\.title))) it is unknown") }
        return "Landing on an interrupt: \(parts.joined(separator: "; "))."
    }

    private var timeSentence: String {
        hidesTimeStampCounter
            ? "RDTSC traps, so guests cannot read the host's time."
            : "RDTSC does not trap: it is rewritten where a guest's code is known; elsewhere a replay finds the difference."
    }

    private var randomSentence: String? {
        hidesRandomNumbers
            ? nil
            : "RDRAND and RDSEED do not trap in every mode: a guest that executes them does not replay from there."
    }

    private var concealmentSentence: String? {
        let shown = unconcealedFeatures
        guard !shown.isEmpty else { return nil }
        return
            "CPUID shows guests \(Self.list(shown)) whatever their profile says; a guest that looks for them will use them."
    }

    private var instructionSentence: String? {
        let missing = Set([GuestMode.protected32, .ring0].flatMap(missingInstructions))
        guard !missing.isEmpty else { return nil }
        let names = InstructionSample.all.map(\.name).filter(missing.contains)
        let unique = names.enumerated().filter { names[..<$0.offset].allSatisfy { [name = $0.element] in $0 != name } }
        return "At ring 0 this host cannot execute \(Self.list(unique.map(\.element))), some in one mode only: "
            + "a guest that uses one there ends with an emulation failure."
    }

    private var systemCallSentence: String? {
        runsSystemCalls ? nil : "SYSCALL does not work: guests that run programs under a 64-bit kernel do not run here."
    }

    private static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "nothing" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
