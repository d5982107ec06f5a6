/// How a replay reached a keyframe's state.
enum Arrival: Hashable {
    /// The replay begins there.
    case beginning
    /// By executing, and the state was the recorded one. For a keyframe between two exits, `looks` counts the earlier
    /// checks that did not find the guest there.
    case executed(looks: Int)
    /// By restoring the state, for a reason. This does not prove that executing leads there.
    case restored(JumpReason)
}
