/// Counts the instructions that a guest executes between two events, on an engine that counts them.
struct InstructionCounter {
    /// Whether a replay finds the moments between two exits by these counts, so that they need no keyframe.
    let findsMoments: Bool
    /// The engine's count at the last event that has one of its own.
    private var last: UInt64 = 0

    /// - Parameter findsMoments: see ``findsMoments``.
    init(findsMoments: Bool) { self.findsMoments = findsMoments }

    /// The instructions since the last call.
    ///
    /// - Parameter retired: the engine's count; nil if it does not count, and the result is 0.
    mutating func take(from retired: UInt64?) -> UInt64 {
        guard let retired else { return 0 }
        defer { last = retired }
        return retired &- last
    }
}
