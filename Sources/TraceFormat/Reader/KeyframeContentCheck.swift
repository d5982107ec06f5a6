import ByteCoding

/// Holds what keyframes store of memory against their own digests. Costs, of one after another, what changed in between.
public struct KeyframeContentCheck: Sendable {
    /// The keyframe that was looked at last, and proved good.
    private var last: KeyframeMemory.Known?

    /// Begins with no keyframe.
    public init() {}

    /// Looks at the next keyframe: as a rule one that comes soon after the last.
    ///
    /// - Throws: `.corrupt` where its pages are not those that its digest says; what reading can throw.
    public mutating func check(_ keyframe: Keyframe) throws(TraceError) {
        var memory = keyframe.memory
        guard try memory.digest(after: last) == keyframe.digest.memory else {
            throw memory.corrupt(keyframe, why: "its pages are not those that its digest says")
        }
        last = KeyframeMemory.Known(memory: memory, digest: keyframe.digest.memory)
    }

    /// Takes a keyframe whose pages have been held against its digest in another way.
    public mutating func take(_ keyframe: Keyframe) {
        last = KeyframeMemory.Known(memory: keyframe.memory, digest: keyframe.digest.memory)
    }
}
