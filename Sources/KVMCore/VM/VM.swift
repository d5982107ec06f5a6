import CKVM

/// A virtual machine: it has a memory map, perhaps interrupt controllers in the kernel, and makes vCPUs.
public struct VM: ~Copyable, Sendable {
    let descriptor: Descriptor
    let vcpuMapSize: Int
    var memory: MemoryMap
    /// Entries of each vCPU's dirty ring; 0 while there are none.
    var dirtyRingEntries = 0
    /// Whether local APICs are in the kernel. Only then does KVM keep what a vCPU waits for.
    var hasLocalAPICs = false

    init(descriptor: consuming Descriptor, vcpuMapSize: Int, memory: MemoryMap) {
        self.descriptor = descriptor
        self.vcpuMapSize = vcpuMapSize
        self.memory = memory
    }

    /// The host's answer for a capability of this VM (`KVM_CHECK_EXTENSION` on the VM).
    public func check(_ capability: Capability) throws(KVMError) -> Int32 {
        try descriptor.check(capability)
    }

    /// Enables a capability that is off by default (`KVM_ENABLE_CAP` on the VM).
    ///
    /// - Parameters:
    ///   - capability: what to enable.
    ///   - arguments: up to four numbers whose meaning the capability defines.
    public mutating func enable(_ capability: Capability, _ arguments: UInt64...) throws(KVMError) {
        try descriptor.enable(capability, arguments)
        if capability == .splitIRQChip { hasLocalAPICs = true }
    }

    /// Makes a vCPU (`KVM_CREATE_VCPU`) and maps what it shares with the kernel.
    ///
    /// The vCPU keeps the kernel's side of the VM alive by itself.
    ///
    /// - Parameter id: its APIC id, below the value of `KVM_CAP_MAX_VCPU_ID`.
    public func createVCPU(id: UInt32) throws(KVMError) -> VCPU {
        let features = try VCPUFeatures(of: descriptor, hasLocalAPIC: hasLocalAPICs)
        let vcpu = Descriptor(
            owning: try descriptor.call(.createVCPU, UInt(id), about: "id \(id)"),
            host: descriptor.host
        )
        do {
            try descriptor.host.installEmptyHandler(signal: KickControl.signal)
        } catch {
            throw KVMError(operation: "sigaction", argument: "signal \(KickControl.signal)", cause: .system(error))
        }
        let mapping = try Mapping(of: vcpu, size: vcpuMapSize, called: "vCPU run page")
        let dirtyRing = try DirtyRing(ofVCPU: vcpu, entries: dirtyRingEntries)
        return VCPU(descriptor: vcpu, mapping: mapping, dirtyRing: dirtyRing, features: features)
    }
}
