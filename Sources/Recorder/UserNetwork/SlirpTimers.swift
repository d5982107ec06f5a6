/// libslirp's timers, for which it has no clock of its own. Each is known by a number.
struct SlirpTimers {
    private struct Timer {
        let body: () -> Void
        /// When it fires, in milliseconds; nil while it is not set.
        var due: Int64?
    }

    private var timers: [UInt: Timer] = [:]
    private var lastNumber: UInt = 0

    /// Makes a timer, which calls a body each time that it fires. Returns its number, which is not 0.
    mutating func make(_ body: @escaping () -> Void) -> UInt {
        lastNumber += 1
        timers[lastNumber] = Timer(body: body, due: nil)
        return lastNumber
    }

    /// Removes a timer.
    mutating func free(_ number: UInt) { timers[number] = nil }

    /// Lets a timer fire at a time.
    mutating func set(_ number: UInt, _ milliseconds: Int64) { timers[number]?.due = milliseconds }

    /// How many milliseconds there are until the next timer fires; `UInt32.max` if none is set.
    func pause(at now: Int64) -> UInt32 {
        timers.values.compactMap(\.due).min().map { UInt32(clamping: max($0 - now, 0)) } ?? .max
    }

    /// The bodies of the timers that are due, which are no longer set.
    mutating func takeDue(at now: Int64) -> [() -> Void] {
        var bodies: [() -> Void] = []
        for (number, timer) in timers {
            guard let due = timer.due, due <= now else { continue }
            timers[number]?.due = nil
            bodies.append(timer.body)
        }
        return bodies
    }
}
