/// How a replay reaches a moment between two exits.
public enum Landing: String, CaseIterable, Sendable {
    /// By executing. A moment at which this host cannot stop is an error.
    case exact
    /// By restoring the keyframe that the recorder took there.
    case portable
    /// By executing if this host can, within a time limit, and otherwise by restoring.
    case auto
}
