public import TraceFormat
internal import X86

/// The inputs that a guest did not request in a recorded run, and the moments of its program at which they arrived.
/// This is enough to run the guest again without some of them.
///
/// The plan leaves out interrupts for which the guest waited with HLT, because they arrive anyway.
public struct InputPlan: Sendable {
    /// The inputs in the order of the run.
    var inputs: [PlannedInput] = []
    /// How much input the run received.
    public let size: Size

    /// How much input a run received. A smaller run has less.
    public struct Size: Comparable, Hashable, Sendable {
        /// The number of interrupts, including those that ended a wait.
        public var interrupts = 0
        /// The number of typed console bytes that the guest has read.
        public var bytes = 0
        /// The number of distinct moments at which the guest received something that it did not wait for.
        public var moments = 0

        /// Orders by the number of inputs, then by the number of moments.
        public static func < (left: Self, right: Self) -> Bool {
            (left.interrupts + left.bytes, left.moments) < (right.interrupts + right.bytes, right.moments)
        }
    }

    /// The plan without some of its inputs. If an input was to arrive after an exit that one of them caused, it arrives
    /// in place of that removed input.
    func leavingOut(_ part: Range<Int>) -> Self {
        var plan = self
        if part.upperBound < inputs.count, inputs[part.upperBound].anchor?.isRelative == true {
            plan.inputs[part.upperBound].anchor = inputs[part.lowerBound].anchor
        }
        plan.inputs.removeSubrange(part)
        return plan
    }

    /// Collects the inputs of a recorded run.
    public init(_ reader: TraceReader) throws(TraceError) {
        var collector = try InputCollector(reader)
        var cursor = reader.events()
        while let recorded = try cursor.next() { try collector.take(recorded) }
        inputs = collector.inputs
        size = Size(
            interrupts: collector.interrupts,
            bytes: collector.bytes,
            moments: Set(inputs.map { PlannedInput(kind: .interrupt(nil), anchor: $0.anchor) }).count
        )
    }
}
