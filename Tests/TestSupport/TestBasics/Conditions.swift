import Glibc
public import Testing

extension Trait where Self == ConditionTrait {
    /// Skips a test where `/dev/kvm` cannot be opened.
    public static var needsKVM: Self {
        // SAFETY: the string is a constant.
        .enabled("needs /dev/kvm") { unsafe access("/dev/kvm", R_OK | W_OK) == 0 }
    }

    /// Skips a test that takes long, unless `RR_VM_SLOW_TESTS` is set: `make test-slow`.
    public static var slow: Self {
        .enabled("slow: run by make test-slow") { SlowTests.areIncluded }
    }
}

/// Whether tests that take long are to be run.
public enum SlowTests {
    // SAFETY: no other thread changes the environment.
    /// True if `RR_VM_SLOW_TESTS` is set.
    public static let areIncluded = unsafe getenv("RR_VM_SLOW_TESTS") != nil
}
