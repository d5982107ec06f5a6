public import ArgumentParser
import Recorder
public import TraceFormat

/// The options that say how a run is recorded.
struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long an interrupt waits for the guest to exit by itself before the guest is stopped for it.",
            discussion: "A number with ns, us, ms or s.",
            valueName: "time"
        )
    )
    var grace = TimeSpan(nanoseconds: 500_000)

    @Option(
        help: ArgumentHelp(
            "How often to record the whole state: every=TIME, events=N, or both with a comma; or none.",
            discussion:
                "A recording of software has none where an interrupt comes between two exits: it counts instructions. With "
                + "',interrupts' it has, and KVM can replay it too.",
            valueName: "when"
        )
    )
    var keyframes = KeyframeOption(policy: KeyframePolicy())

    @Option(
        help: ArgumentHelp(
            "Vary, by this seed, when interrupts arrive, how long reads take, how much input comes at once and how soon "
                + "virtio disks answer, to bring out rare failures.",
            discussion:
                "A seed does not bring the same run again, because the host's time decides too; the trace does.",
            valueName: "seed"
        )
    )
    var chaos: UInt64?

    @Option(
        help: ArgumentHelp(
            "When to force the trace to disk: none (the kernel decides), interval (once a second), every (each chunk).",
            discussion:
                "What was recorded survives a crash of rr-vm in any case; this is for a crash of the host.",
            valueName: "when"
        )
    )
    var sync = SyncPolicy.none

    @Option(
        help: ArgumentHelp("Stop when the trace reaches this size, with K, M or G.", valueName: "size")
    )
    var maxSize: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Keep only the end of the run: at least this much time (60s), or about this many bytes (64M).",
            discussion: "The trace then begins with a keyframe and the event at which it was taken.",
            valueName: "stretch"
        )
    )
    var ring: RingOption?

    func validate() throws {
        if let maxSize, maxSize.rawValue == 0 { throw ValidationError("--max-size must be at least 1") }
        guard let ring else { return }
        if let fault = ring.fault { throw ValidationError(fault) }
        if maxSize != nil { throw ValidationError("--ring and --max-size exclude each other: give one") }
        if keyframes.policy.nanoseconds == nil, keyframes.policy.events == nil {
            throw ValidationError("--ring needs keyframes to begin with: leave out --keyframes none")
        }
    }
}

/// What `--ring` says.
struct RingOption: ExpressibleByArgument {
    let policy: RingPolicy

    private static let smallestSize: UInt64 = 1 << 16

    init?(argument: String) {
        if let time = TimeSpan(argument: argument) {
            policy = .time(nanoseconds: time.nanoseconds)
        } else if let size = ByteCount(argument: argument) {
            policy = .size(bytes: size.rawValue)
        } else {
            return nil
        }
    }

    /// What is wrong with a stretch that is too short; nil if nothing is.
    var fault: String? {
        switch policy {
        case .time(let nanoseconds): nanoseconds > 0 ? nil : "--ring needs a time above 0, as in 60s"
        case .size(let bytes):
            bytes >= Self.smallestSize ? nil : "--ring needs at least 64K, as in 64M, or a time, as in 60s"
        }
    }
}

extension SyncPolicy: ExpressibleByArgument {}

/// A length of time as people write it: `500us`, `100ms`, `2s`.
struct TimeSpan: ExpressibleByArgument {
    private static let units: [(suffix: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
    ]

    let nanoseconds: UInt64

    init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    init?(argument: String) {
        guard let unit = Self.units.first(where: { argument.hasSuffix($0.suffix) }),
            let number = UInt64(argument.dropLast(unit.suffix.count))
        else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: unit.nanoseconds)
        guard !overflow else { return nil }
        nanoseconds = value
    }

    var defaultValueDescription: String {
        let unit = Self.units.last { nanoseconds % $0.nanoseconds == 0 } ?? Self.units[0]
        return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)"
    }
}

/// What `--keyframes` says.
struct KeyframeOption: ExpressibleByArgument {
    let policy: KeyframePolicy

    init(policy: KeyframePolicy) { self.policy = policy }

    init?(argument: String) {
        var policy = KeyframePolicy(nanoseconds: nil, events: nil)
        guard argument != "none" else {
            self.policy = policy
            return
        }
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let (name, value) = part.splitOnce(at: "=")
            switch name {
            case "every":
                guard let time = TimeSpan(argument: value), time.nanoseconds > 0 else { return nil }
                policy.nanoseconds = time.nanoseconds
            case "events":
                guard let events = UInt64(value), events > 0 else { return nil }
                policy.events = events
            case "interrupts" where part == name: policy.atInterrupts = true
            default: return nil
            }
        }
        self.policy = policy
    }

    var defaultValueDescription: String {
        let parts = [
            policy.nanoseconds.map { "every=\(TimeSpan(nanoseconds: $0).defaultValueDescription)" },
            policy.events.map { "events=\($0)" },
            policy.atInterrupts ? "interrupts" : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? "none" : parts.joined(separator: ",")
    }
}

extension Substring {
    /// The parts before and after the first separator; without one, the whole string and an empty one.
    fileprivate func splitOnce(at separator: Character) -> (String, String) {
        guard let place = firstIndex(of: separator) else { return (String(self), "") }
        return (String(self[..<place]), String(self[index(after: place)...]))
    }
}
