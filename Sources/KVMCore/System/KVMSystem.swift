import CKVM
public import X86

/// An open `/dev/kvm`: what the host's KVM can do, and where VMs come from.
///
/// VMs that were made from it outlive it.
public struct KVMSystem: ~Copyable, Sendable {
    let descriptor: Descriptor

    /// The size of a vCPU's mapping in bytes: its run page, its PIO page and the coalesced-MMIO ring
    /// (`KVM_GET_VCPU_MMAP_SIZE`).
    /// (`KVM_GET_VCPU_MMAP_SIZE`).
    public let vcpuMapSize: Int

    /// The only API version that KVMCore speaks, and the only one that Linux has had since 2.6.22.
    public static let apiVersion = KVM_API_VERSION

    /// The device's path.
    public static let devicePath = "/dev/kvm"

    /// Opens the device, close-on-exec, and checks that it speaks API version 12 (`KVM_GET_API_VERSION`).
    ///
    /// - Throws: what `open` reported, or an error if the version differs.
    public static func open(path: String = devicePath) throws(KVMError) -> Self {
        try open(path: path, host: .real)
    }

    /// Opens the device now for all later calls of ``open(path:)``, for a process that is about to give up the right to
    /// open files. If it cannot be opened, those calls fail as this one would.
    public static func keepOpen() {
        HostCalls.keepOpen(devicePath)
    }

    /// Opens the device through a host that a test may watch.
    package static func open(path: String, host: HostCalls) throws(KVMError) -> Self {
        let descriptor = try Descriptor(opening: path, host: host)
        let version = try descriptor.call(.getAPIVersion, about: path)
        guard version == apiVersion else {
            throw KVMError(
                operation: Request.getAPIVersion.name.description,
                argument: path,
                cause: .unexpected("the device has API version \(version), but rr-vm needs \(apiVersion)")
            )
        }
        let vcpuMapSize = Int(try descriptor.call(.getVCPUMapSize, about: path))
        guard vcpuMapSize >= MemoryLayout<kvm_run>.size else {
            throw KVMError(
                operation: Request.getVCPUMapSize.name.description,
                argument: path,
                cause: .unexpected("\(vcpuMapSize) bytes are too few for a run page")
            )
        }
        return Self(descriptor: descriptor, vcpuMapSize: vcpuMapSize)
    }

    private init(descriptor: consuming Descriptor, vcpuMapSize: Int) {
        self.descriptor = descriptor
        self.vcpuMapSize = vcpuMapSize
    }

    /// The host's answer for a capability: 0 if it lacks it, 1 if it has it, or a number that the capability defines
    /// (`KVM_CHECK_EXTENSION`). ``VM/check(_:)`` may answer differently.
    public func check(_ capability: Capability) throws(KVMError) -> Int32 {
        try descriptor.check(capability)
    }

    /// The CPUID leaves that this host's KVM can give a guest (`KVM_GET_SUPPORTED_CPUID`).
    public func supportedCPUID() throws(KVMError) -> [CPUIDEntry] {
        try descriptor.cpuidTable(.getSupportedCPUID)
    }

    /// The CPUID leaves with features that KVM emulates in software (`KVM_GET_EMULATED_CPUID`).
    public func emulatedCPUID() throws(KVMError) -> [CPUIDEntry] {
        try descriptor.cpuidTable(.getEmulatedCPUID)
    }

    /// The MSRs that belong to a vCPU's state (`KVM_GET_MSR_INDEX_LIST`).
    public func msrIndexList() throws(KVMError) -> [MSRNumber] {
        try descriptor.msrNumbers(.getMSRIndexList)
    }

    /// The MSRs that say what features KVM can offer (`KVM_GET_MSR_FEATURE_INDEX_LIST`).
    public func featureMSRIndexList() throws(KVMError) -> [MSRNumber] {
        try descriptor.msrNumbers(.getMSRFeatureIndexList)
    }

    /// Reads feature MSRs (`KVM_GET_MSRS` on `/dev/kvm`).
    public func featureMSRs(_ numbers: [MSRNumber]) throws(KVMError) -> [MSREntry] {
        try descriptor.readMSRs(numbers)
    }

    /// Makes a VM without memory or vCPUs (`KVM_CREATE_VM`).
    ///
    /// - Parameter type: the machine type: 0, or one of the values that `KVM_CAP_VM_TYPES` lists.
    public func createVM(type: UInt = 0) throws(KVMError) -> VM {
        let vm = Descriptor(
            owning: try descriptor.call(.createVM, type, about: "type \(type)"),
            host: descriptor.host
        )
        let memory = try MemoryMap(of: vm)
        return VM(descriptor: vm, vcpuMapSize: vcpuMapSize, memory: memory)
    }
}
