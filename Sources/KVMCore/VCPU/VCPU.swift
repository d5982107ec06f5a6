import CKVM
internal import Synchronization

/// A virtual processor. It runs the guest and holds its registers.
///
/// Its mapping has three parts: the run page (`struct kvm_run`), the PIO page, through which port data passes, and the
/// ring of coalesced MMIO writes. Use it from one thread at a time; only ``kicker`` is for other threads.
@safe public struct VCPU: ~Copyable, @unchecked Sendable {
    // SAFETY of Sendable: the pointer below leads into the mapping that this value owns; whoever has the value has it
    // exclusively, and what other threads touch through the kicker is one byte that is accessed atomically.

    // Declared in the order in which they are released.
    var dirtyRing: DirtyRing?
    let mapping: Mapping
    let descriptor: Descriptor

    let features: VCPUFeatures
    /// The register sets that are current in the run page: the last run brought them back, and no call on this vCPU has
    /// changed them since.
    public internal(set) var freshRegisters: SyncedRegisterSets = []
    /// Whether CPUID shows XSAVE to the guest. If it does not, XCR0 keeps its first value for ever: XSETBV does not
    /// exist then, and KVM accepts no other value.
    var showsXSave = false
    let kickControl: KickControl
    /// Makes Swift pass this value by address, because an atomic must stay where it is. Otherwise each call that only
    /// reads would copy the whole value to the stack, and an exit makes a dozen such calls.
    private let anchor = Atomic(false)

    /// - Parameters:
    ///   - mapping: at least a whole `kvm_run`; the size that the kernel gave guarantees this.
    init(
        descriptor: consuming Descriptor,
        mapping: consuming Mapping,
        dirtyRing: consuming DirtyRing?,
        features: VCPUFeatures
    ) {
        // SAFETY: the run page stays mapped until deinit, which detaches it from the control.
        unsafe kickControl = KickControl(runPage: mapping.address)
        self.descriptor = descriptor
        self.mapping = mapping
        self.dirtyRing = dirtyRing
        self.features = features
    }

    deinit { kickControl.detach() }

    /// The page that this vCPU shares with the kernel.
    var runPage: UnsafeMutablePointer<kvm_run> {
        // SAFETY: the mapping starts with a kvm_run, and nothing else is ever bound to those bytes.
        unsafe mapping.address.assumingMemoryBound(to: kvm_run.self)
    }

    /// Stops this vCPU from another thread.
    public var kicker: VCPUKicker { VCPUKicker(control: kickControl) }
}
