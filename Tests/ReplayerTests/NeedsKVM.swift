import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips a test where `/dev/kvm` cannot be opened.
    static var needsKVM: Self {
        .enabled("needs /dev/kvm") { unsafe access("/dev/kvm", R_OK | W_OK) == 0 }
    }

    /// Skips a test that takes minutes, unless it is asked for.
    static var slow: Self {
        .enabled("slow: set RR_VM_SLOW_TESTS=1") { unsafe getenv("RR_VM_SLOW_TESTS") != nil }
    }
}
