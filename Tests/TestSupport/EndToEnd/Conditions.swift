internal import Foundation
internal import Glibc
// Modules that most tests with this one use too, so that they need not import them.
@_exported public import TestBasics
public import Testing

extension Trait where Self == ConditionTrait {
    /// Skips a test if KVM shows a guest only the features that were set: the test needs one that shows SSE3
    /// regardless.
    public static var needsForcedFeatures: Self {
        // SAFETY: the string is a constant.
        .enabled("needs a KVM that forces CPUID bits on") { unsafe access("/sys/module/kvm_pvm", F_OK) == 0 }
    }

    /// Skips a test if there is no gdb.
    public static var needsGDB: Self {
        // SAFETY: the string is a constant.
        .enabled("needs gdb") { unsafe access("/usr/bin/gdb", X_OK) == 0 }
    }

    /// Skips a test without a C compiler and linker of the Swift toolchain on the path.
    public static var needsClang: Self {
        .enabled("needs clang and ld.lld on the path") {
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            return ["clang", "ld.lld"].allSatisfy { name in
                path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
            }
        }
    }

    /// Skips a test if it cannot mount file systems in a private namespace.
    public static var needsMounts: Self {
        .enabled("needs root, to mount file systems") { Mounts.arePossible }
    }

    /// Skips a test if it cannot make a tap interface in a private network.
    public static var needsTapInterfaces: Self {
        .enabled("needs root and ip, to make tap interfaces") { TapInterfaces.arePossible }
    }
}

/// Whether this process may mount file systems in a private namespace.
enum Mounts {
    /// Found by trying.
    static let arePossible: Bool = {
        guard let directory = try? TemporaryDirectory() else { return false }
        let result = try? Command.shell("unshare --mount bash -c 'mount -t tmpfs none .'", in: directory)
        return result?.status == 0
    }()
}

/// Whether this process may make tap interfaces in a private network.
enum TapInterfaces {
    /// Found by trying.
    static let arePossible: Bool = {
        guard let directory = try? TemporaryDirectory() else { return false }
        let result = try? Command.shell("unshare --net ip tuntap add tap0 mode tap", in: directory)
        return result?.status == 0
    }()
}
