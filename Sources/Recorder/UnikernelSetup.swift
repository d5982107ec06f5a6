public import Machine
public import SystemPackage

/// The backends of a unikernel's devices.
public struct UnikernelSetup: Sendable {
    /// The block devices by name.
    public var disks: [String: Disk] = [:]
    /// The network interfaces by name.
    public var links: [String: any HostLink] = [:]
    /// The directory for a core file when the guest aborts or faults, or nil for no core file.
    public var coreDirectory: FilePath?

    /// Creates a set-up without devices.
    public init() {}
}
