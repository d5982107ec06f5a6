/// How a replay comes to a moment between two exits.
public enum Landing: String, CaseIterable, Sendable {
    /// By executing; a moment that this host cannot stop at is an error.
    case exact
    /// By restoring the keyframe that the recorder took there.
    case portable
    /// By executing where this host can, within a bound of time, else by restoring.
    case auto
}
