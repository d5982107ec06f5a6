public import Machine
public import SystemPackage

/// What is behind a unikernel's devices.
public struct UnikernelSetup: Sendable {
    /// Block devices by name.
    public var disks: [String: Disk] = [:]
    /// Network interfaces by name.
    public var links: [String: any HostLink] = [:]
    /// Where a core file goes when the guest aborts or faults; nil for none.
    public var coreDirectory: FilePath?

    /// No devices.
    public init() {}
}
