import Glibc
// What most tests use that use this: they need not name it.
@_exported public import TestBasics
public import Testing

extension Trait where Self == ConditionTrait {
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
