public import TraceFormat
internal import X86

/// The inputs of a recorded run that the guest did not ask for, and the moments of its program at which they came: enough to
/// run it again with some of them left out.
///
/// Interrupts that a guest waited for by HLT are not listed, because they come by themselves.
public struct InputPlan: Sendable {
    /// In the order of the run.
    var inputs: [PlannedInput] = []
    /// How much was put into the run.
    public let size: Size

    /// How much is put into a run: what a smaller run has less of.
    public struct Size: Comparable, Hashable, Sendable {
        /// Interrupts, those ended waiting among them.
        public var interrupts = 0
        /// Bytes typed on the console that the guest has read.
        public var bytes = 0
        /// Different moments at which the guest was given something that it did not wait for.
        public var moments = 0

        /// Orders by the number of inputs, then by that of moments.
        public static func < (left: Self, right: Self) -> Bool {
            (left.interrupts + left.bytes, left.moments) < (right.interrupts + right.bytes, right.moments)
        }
    }

    /// The plan without some of its inputs. What was to come behind an exit that they caused comes in their place.
    func leavingOut(_ part: Range<Int>) -> Self {
        var plan = self
        if part.upperBound < inputs.count, inputs[part.upperBound].anchor?.isRelative == true {
            plan.inputs[part.upperBound].anchor = inputs[part.lowerBound].anchor
        }
        plan.inputs.removeSubrange(part)
        return plan
    }

    /// Reads what was put into a recorded run.
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
