/// When a writer forces the trace to disk (`fdatasync`). What was written survives a crash of the recorder under every
/// policy; this is for a crash of the host. Except under ``none``, the file's name is on disk as soon as it has one.
public enum SyncPolicy: String, CaseIterable, Sendable {
    /// The kernel decides.
    case none
    /// Once a second, and when the file is finished.
    case interval
    /// After every chunk.
    case every
}
