import Glibc
public import Testing

extension Trait where Self == ConditionTrait {
    /// Skips a test where `/dev/kvm` cannot be opened.
    public static var needsKVM: Self {
        // SAFETY: the string is a constant.
        .enabled("needs /dev/kvm") { unsafe access("/dev/kvm", R_OK | W_OK) == 0 }
    }

    /// Skips a test where KVM shows a guest just the features that it is told to: it needs one that shows SSE3 regardless.
    public static var needsForcedFeatures: Self {
        // SAFETY: the string is a constant.
        .enabled("needs a KVM that forces CPUID bits on") { unsafe access("/sys/module/kvm_pvm", F_OK) == 0 }
    }

    /// Skips a test where nothing can be mounted for its eyes only.
    public static var needsMounts: Self {
        .enabled("needs root, to mount file systems") { Mounts.arePossible }
    }

    /// Skips a test where no tap interface can be made in a network of its own.
    public static var needsTapInterfaces: Self {
        .enabled("needs root and ip, to make tap interfaces") { TapInterfaces.arePossible }
    }

    /// Skips a test that takes long, unless `RR_VM_SLOW_TESTS` is set: `make test-slow`.
    public static var slow: Self {
        .enabled("slow: run by make test-slow") { SlowTests.areIncluded }
    }
}

/// Whether this process may mount file systems in a namespace of its own.
enum Mounts {
    /// Found by trying.
    static let arePossible: Bool = {
        guard let directory = try? TemporaryDirectory() else { return false }
        let result = try? Command.shell("unshare --mount bash -c 'mount -t tmpfs none .'", in: directory)
        return result?.status == 0
    }()
}

/// Whether this process may make tap interfaces in a network of its own.
enum TapInterfaces {
    /// Found by trying.
    static let arePossible: Bool = {
        guard let directory = try? TemporaryDirectory() else { return false }
        let result = try? Command.shell("unshare --net ip tuntap add tap0 mode tap", in: directory)
        return result?.status == 0
    }()
}

/// Whether tests that take long are to be run.
public enum SlowTests {
    // SAFETY: no other thread changes the environment.
    /// True if `RR_VM_SLOW_TESTS` is set.
    public static let areIncluded = unsafe getenv("RR_VM_SLOW_TESTS") != nil
}
