public import TraceFormat
public import X86

/// Finds out which call each return ends, and how deep the guest is in calls.
///
/// A call and its return use the same word of the stack: that is how they are recognised. A guest may leave calls without a
/// return (`longjmp`), switch stacks (another task), or return to a caller that called before the tree begins. None of this
/// confuses the tree for longer than until the next return that it knows.
public struct CallTree {
    /// A call or an interruption that has not returned.
    public struct Frame: Hashable, Sendable {
        /// What began it.
        public var transfer: ControlTransfer
        /// The moment behind that.
        public var moment: Moment
    }

    /// What a transfer has done.
    public struct Step: Sendable {
        /// The moment behind the transfer.
        public var moment: Moment
        /// The transfer.
        public var transfer: ControlTransfer
        /// How many calls were under way around the one that begins or ends.
        public var depth: Int
        /// The call that a return ends; nil for a call, and for a return whose call is not known.
        public var ended: Frame?
        /// Calls that are under way no more and have not returned: they were left, or belong to another stack. The innermost comes
        /// first.
        public var left: [Frame] = []
        /// Calls that are under way again, because the guest is back on their stack. The outermost comes first.
        public var resumed: [Frame] = []
    }

    /// How far one call of a stack may be from the next, in bytes.
    private static let reach: UInt64 = 1 << 16
    /// The most calls of one stack. Where there are more, the outermost are forgotten.
    private static let mostFrames = 1 << 14
    /// The most stacks that are remembered.
    private static let mostStacks = 1024

    /// The calls under way, the outermost first.
    private(set) var frames: [Frame] = []
    /// Calls that were left, by stack, the last left last.
    private var others: [[Frame]] = []

    /// A tree that knows of no call.
    public init() {}

    /// Takes the next transfer.
    public mutating func take(_ transfer: ControlTransfer, at moment: Moment) -> Step {
        transfer.kind.isReturn ? end(transfer, moment) : begin(transfer, moment)
    }

    private mutating func begin(_ transfer: ControlTransfer, _ moment: Moment) -> Step {
        // An interruption may take another stack at any time.
        let left = transfer.kind == .call ? leave(below: transfer) : []
        let step = Step(moment: moment, transfer: transfer, depth: frames.count, left: left)
        frames.append(Frame(transfer: transfer, moment: moment))
        if frames.count > Self.mostFrames { frames.removeFirst(Self.mostFrames / 2) }
        return step
    }

    private mutating func end(_ transfer: ControlTransfer, _ moment: Moment) -> Step {
        var step = Step(moment: moment, transfer: transfer, depth: 0)
        if let index = frames.lastIndex(where: { $0.ends(with: transfer) }) ?? interruption(endedBy: transfer) {
            step.left = frames[(index + 1)...].reversed()
            step.ended = frames[index]
            frames.removeSubrange(index...)
        } else if transfer.stackSlot != nil, let place = otherStack(endedBy: transfer) {
            step.left = frames.reversed()
            step.resumed = Array(others[place.stack][..<place.frame])
            step.ended = others[place.stack][place.frame]
            let resumed = step.resumed
            others.remove(at: place.stack)
            keepForLater(frames)
            frames = resumed
        } else if transfer.kind == .return {
            step.left = leave(below: transfer)
            if step.left.isEmpty, isOnAnotherStack(transfer) { step.left = leaveAll() }
        }
        step.depth = frames.count
        return step
    }

    /// The interruption that is over although the word of the stack is another one: a kernel may have copied the frame to the
    /// stack from which it goes back to a program.
    private func interruption(endedBy transfer: ControlTransfer) -> Int? {
        guard transfer.kind != .return else { return nil }
        // A program that runs has no call of its kernel's under way.
        if transfer.targetLevel > transfer.sourceLevel {
            return frames.lastIndex {
                $0.transfer.kind != .call && $0.transfer.sourceLevel == transfer.targetLevel
            }
        }
        return frames.lastIndex {
            $0.transfer.kind != .call && $0.transfer.returnAddress == transfer.target
                && $0.transfer.sourceLevel == transfer.targetLevel
        }
    }

    private func otherStack(endedBy transfer: ControlTransfer) -> (stack: Int, frame: Int)? {
        for stack in others.indices.reversed() {
            let frame = others[stack].lastIndex {
                $0.ends(with: transfer) && $0.transfer.returnAddress == transfer.target
            }
            if let frame { return (stack, frame) }
        }
        return nil
    }

    // MARK: Leaving

    /// Leaves the calls whose words are below that of a transfer: the stack does not hold them any more.
    private mutating func leave(below transfer: ControlTransfer) -> [Frame] {
        var count = 0
        for frame in frames.reversed() {
            guard frame.transfer.kind == .call, let distance = transfer.distance(above: frame.transfer),
                distance > 0, distance < Self.reach
            else { break }
            count += 1
        }
        guard count > 0 else { return [] }
        let left = Array(frames.suffix(count))
        frames.removeLast(count)
        keepForLater(left)
        return left.reversed()
    }

    /// Whether a return takes its address from a stack to which the last call does not belong.
    private func isOnAnotherStack(_ transfer: ControlTransfer) -> Bool {
        guard let last = frames.last?.transfer, last.kind == .call else { return false }
        guard let above = transfer.distance(above: last), let below = last.distance(above: transfer) else {
            return true
        }
        return min(above, below) >= Self.reach
    }

    private mutating func leaveAll() -> [Frame] {
        defer { frames = [] }
        keepForLater(frames)
        return frames.reversed()
    }

    private mutating func keepForLater(_ left: [Frame]) {
        guard !left.isEmpty else { return }
        others.append(left)
        if others.count > Self.mostStacks { others.removeFirst(Self.mostStacks / 2) }
    }
}

extension CallTree.Frame {
    /// Whether a return takes its address from where this call put it.
    fileprivate func ends(with transfer: ControlTransfer) -> Bool {
        guard let slot = transfer.stackSlot, slot == self.transfer.stackSlot else { return false }
        return self.transfer.addressSpace == transfer.addressSpace
            && (self.transfer.kind == .call) == (transfer.kind == .return)
    }
}

extension ControlTransfer {
    /// How far above another transfer's word of the stack this one's is; nil if they cannot be compared.
    fileprivate func distance(above other: ControlTransfer) -> UInt64? {
        guard let slot = stackSlot, let otherSlot = other.stackSlot, addressSpace == other.addressSpace else {
            return nil
        }
        return slot.rawValue &- otherSlot.rawValue
    }
}
