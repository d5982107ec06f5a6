import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips a test where `/dev/kvm` cannot be opened.
    static var needsKVM: Self {
        .enabled("needs /dev/kvm") { unsafe access("/dev/kvm", R_OK | W_OK) == 0 }
    }
}
