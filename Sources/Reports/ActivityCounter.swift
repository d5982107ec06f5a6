internal import TraceFormat

/// Counts what happens in each stretch of a run, event by event.
struct ActivityCounter {
    /// What is counted, in the order in which it is shown.
    private enum Subject: Hashable {
        case kind(Event.Kind)
        case vector(UInt8)
        case idle
        case pages

        var name: String {
            switch self {
            case .kind(.portRead): "port reads"
            case .kind(.portWrite): "port writes"
            case .kind(.memoryRead): "device memory reads"
            case .kind(.memoryWrite): "device memory writes"
            case .kind(.readMSR): "register reads (MSR)"
            case .kind(.writeMSR): "register writes (MSR)"
            case .kind(.halt): "halts"
            case .kind(.interrupt): "other interrupts"
            case .kind(.nonMaskableInterrupt): "non-maskable interrupts"
            case .kind(.deviceWrite): "writes by devices"
            case .kind(.deviceRead): "reads by devices"
            case .kind(.hiddenRead): "time and randomness"
            case .kind(.tripleFault): "triple faults"
            case .kind(.keyframe): "keyframes"
            case .kind(.end): "end"
            case .vector(let vector): "interrupt 0x\(String(vector, radix: 16))"
            case .idle: "idle, in ms"
            case .pages: "pages in keyframes"
            }
        }
    }

    /// How many interrupts' vectors are shown one by one.
    private static let shownVectors = 8
    private static let order: [Event.Kind] = [
        .portRead, .portWrite, .memoryRead, .memoryWrite, .readMSR, .writeMSR, .hiddenRead, .deviceWrite, .deviceRead,
        .interrupt, .nonMaskableInterrupt, .halt, .tripleFault, .keyframe,
    ]

    private let axis: Activity.Axis
    private let range: ActivityRange
    private var counts: [Subject: [UInt64]] = [:]
    private var firstEvents: [UInt64?]

    init(_ axis: Activity.Axis, _ range: ActivityRange) {
        (self.axis, self.range) = (axis, range)
        firstEvents = axis == .time ? Array(repeating: nil, count: range.stretchCount) : []
    }

    /// Counts an event.
    ///
    /// - Parameter idle: how many milliseconds the guest waited for it.
    mutating func add(_ recorded: RecordedEvent, idle: UInt32) {
        let place = axis == .time ? UInt64(recorded.time) : recorded.ordinal.rawValue
        let stretch = range.stretch(of: place)
        if axis == .time, firstEvents[stretch] == nil { firstEvents[stretch] = recorded.ordinal.rawValue }
        if case .interrupt(let vector) = recorded.event {
            add(1, to: .vector(vector), stretch)
        } else {
            add(1, to: .kind(recorded.event.kind), stretch)
        }
        guard idle > 0 else { return }
        // The time was spent before the event.
        guard axis == .time else { return add(UInt64(idle), to: .idle, stretch) }
        var from = UInt64(recorded.time) - UInt64(min(idle, recorded.time))
        while from < UInt64(recorded.time) {
            let stretch = range.stretch(of: from)
            let end = min(UInt64(recorded.time), range.start + UInt64(stretch + 1) * range.width)
            guard end > from else { break }
            add(end - from, to: .idle, stretch)
            from = end
        }
    }

    /// Counts the pages that a keyframe stores.
    mutating func add(pages: UInt64, at recorded: RecordedEvent) {
        let place = axis == .time ? UInt64(recorded.time) : recorded.ordinal.rawValue
        add(pages, to: .pages, range.stretch(of: place))
    }

    private mutating func add(_ amount: UInt64, to subject: Subject, _ stretch: Int) {
        counts[subject, default: Array(repeating: 0, count: range.stretchCount)][stretch] += amount
    }

    /// What was counted.
    func finish() -> Activity {
        var vectors = counts.keys.compactMap { if case .vector(let vector) = $0 { vector } else { nil } }
        vectors.sort { (sum(.vector($0)), $1) > (sum(.vector($1)), $0) }
        var merged = counts
        for vector in vectors.dropFirst(Self.shownVectors) {
            let other = merged.removeValue(forKey: .vector(vector)) ?? []
            let all = merged[.kind(.interrupt)] ?? Array(repeating: 0, count: range.stretchCount)
            merged[.kind(.interrupt)] = zip(all, other).map { $0 + $1 }
        }
        let shown = vectors.prefix(Self.shownVectors).sorted().map { Subject.vector($0) }
        let subjects = Self.order.flatMap { $0 == .interrupt ? shown + [.kind($0)] : [.kind($0)] } + [.pages, .idle]
        return Activity(
            axis: axis,
            start: range.start,
            width: range.width,
            stretchCount: range.stretchCount,
            series: subjects.compactMap { subject in merged[subject].map { Self.series(subject.name, $0) } },
            firstEvents: filledFirstEvents
        )
    }

    private func sum(_ subject: Subject) -> UInt64 { counts[subject]?.reduce(0, +) ?? 0 }

    private static func series(_ name: String, _ counts: [UInt64]) -> Activity.Series {
        Activity.Series(
            name: name,
            total: counts.reduce(0, +),
            counts: counts.enumerated().flatMap { $0.element == 0 ? [] : [UInt64($0.offset), $0.element] }
        )
    }

    /// A stretch without events leads to the next event.
    private var filledFirstEvents: [UInt64] {
        var next = firstEvents.last { $0 != nil } ?? 0
        var filled: [UInt64] = []
        for first in firstEvents.reversed() {
            next = first ?? next
            filled.append(next ?? 0)
        }
        return filled.reversed()
    }
}
