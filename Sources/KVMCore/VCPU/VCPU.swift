package import CKVM
internal import Synchronization

/// A virtual processor: runs the guest, and holds its registers.
///
/// Its mapping has three parts: the run page (`struct kvm_run`), the PIO page that port data passes through, and the
/// ring of coalesced MMIO writes. Use it from one thread at a time; only ``kicker`` is for other threads.
@safe public struct VCPU: ~Copyable, @unchecked Sendable {
    // SAFETY of Sendable: the pointer below leads into the mapping that this value owns; whoever has the value has it
    // exclusively, and what other threads touch through the kicker is one byte that is accessed atomically.

    // Declared in the order in which they are given back.
    var dirtyRing: DirtyRing?
    let mapping: Mapping
    let descriptor: Descriptor

    let features: VCPUFeatures
    /// The sets of which the run page says what the processor holds: the last run brought them back, and no call to this vCPU
    /// has changed them since.
    public internal(set) var freshRegisters: SyncedRegisterSets = []
    /// Whether CPUID tells the guest of XSAVE. XCR0 has its first value for ever where it does not: XSETBV is no instruction
    /// there, and KVM accepts no other value.
    var showsXSave = false
    let kickControl: KickControl
    /// Makes Swift lend this value by address, because an atomic has to stay where it is: without one, the whole of it would
    /// be copied to the stack by each call that only reads, of which an exit takes a dozen.
    private let anchor = Atomic(false)

    /// - Parameters:
    ///   - mapping: at least a whole `kvm_run`, which the size that the kernel gave for it guarantees.
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

    /// What this vCPU shares with the kernel.
    package var runPage: UnsafeMutablePointer<kvm_run> {
        // SAFETY: the mapping starts with a kvm_run, and nothing else is ever bound to those bytes.
        unsafe mapping.address.assumingMemoryBound(to: kvm_run.self)
    }

    /// Stops this vCPU from another thread.
    public var kicker: VCPUKicker { VCPUKicker(control: kickControl) }
}
