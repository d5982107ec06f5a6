public import Testing

extension Trait where Self == TimeLimitTrait {
    /// Ends a test that hangs. It must be used for nothing else: on a busy machine a test may wait for hours until it
    /// gets a thread, and its time includes that wait.
    public static var lastResort: Self { .timeLimit(.minutes(LastResort.minutes)) }
}

/// The only time limit of the tests.
public enum LastResort {
    /// Minutes after which a test counts as hung.
    public static let minutes = 240
}
