import ByteCoding

/// Compares the memory that keyframes store with their own digests. For consecutive keyframes this costs as much as has
/// changed in between.
public struct KeyframeContentCheck: Sendable {
    /// The last keyframe that was checked and found good.
    private var last: KeyframeMemory.Known?

    /// Starts without a keyframe.
    public init() {}

    /// Checks the next keyframe, which usually comes soon after the last.
    ///
    /// - Throws: `.corrupt` if its pages do not match its digest; what reading can throw.
    public mutating func check(_ keyframe: Keyframe) throws(TraceError) {
        var memory = keyframe.memory
        guard try memory.digest(after: last) == keyframe.digest.memory else {
            throw memory.corrupt(keyframe, why: "its pages do not match its digest")
        }
        last = KeyframeMemory.Known(memory: memory, digest: keyframe.digest.memory)
    }

    /// Takes a keyframe whose pages have been compared with its digest in another way.
    public mutating func take(_ keyframe: Keyframe) {
        last = KeyframeMemory.Known(memory: keyframe.memory, digest: keyframe.digest.memory)
    }
}
