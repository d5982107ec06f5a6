/// When a writer brings the trace to the disk (`fdatasync`). What was written survives the recorder's death under every
/// policy; this is about the machine's. Under every policy but ``none`` the file's name is on the disk as soon as it has one.
public enum SyncPolicy: String, CaseIterable, Sendable {
    /// Whenever the kernel likes.
    case none
    /// Once a second, and when the file is finished.
    case interval
    /// After every chunk.
    case every
}
