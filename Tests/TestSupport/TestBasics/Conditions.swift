import Glibc
public import Testing

extension Trait where Self == ConditionTrait {
    /// Skips a test if `/dev/kvm` cannot be opened.
    public static var needsKVM: Self {
        .enabled(Comment(rawValue: KVMDevice.lack)) { KVMDevice.isUsable }
    }

    /// Skips a test that takes long, unless `RR_VM_SLOW_TESTS` is set: `make test-slow`.
    public static var slow: Self {
        .enabled("slow: run by make test-slow") { SlowTests.areIncluded }
    }
}

/// The device through which KVM is used.
public enum KVMDevice {
    // SAFETY: the string is a constant.
    /// Whether it can be opened.
    public static var isUsable: Bool { unsafe access("/dev/kvm", R_OK | W_OK) == 0 }
    /// Why a test is skipped if it cannot be opened.
    public static let lack = "needs /dev/kvm"
}

/// Whether to run tests that take long.
public enum SlowTests {
    // SAFETY: no other thread changes the environment.
    /// True if `RR_VM_SLOW_TESTS` is set.
    public static let areIncluded = unsafe getenv("RR_VM_SLOW_TESTS") != nil
}
