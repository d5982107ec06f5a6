/// How a replay came to a keyframe's state.
enum Arrival: Hashable {
    /// The replay begins there.
    case beginning
    /// By executing, and it is the recorded one. Between two exits, it was looked so many times before whether the guest was there,
    /// and it was not.
    case executed(looks: Int)
    /// By restoring it, for a reason: no proof that executing leads there.
    case restored(JumpReason)
}
