public import Testing

extension Trait where Self == TimeLimitTrait {
    /// Ends a test that hangs. It is against nothing else: on a busy machine a test may wait for hours until it gets a thread,
    /// and its time counts from before.
    public static var lastResort: Self { .timeLimit(.minutes(LastResort.minutes)) }
}

/// The one limit of time that tests have.
public enum LastResort {
    /// Minutes after which whatever is tested counts as hung.
    public static let minutes = 240
}
