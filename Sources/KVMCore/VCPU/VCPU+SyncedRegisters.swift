import CKVM

extension VCPU {
    /// The sets that this host can synchronise.
    public var synchronizableRegisters: SyncedRegisterSets { features.syncedRegisters }

    /// The sets that each run brings back. None at first; the host must have them.
    public var synchronizedRegisters: SyncedRegisterSets {
        get {
            // SAFETY (all of this file): the run page is mapped while this value lives, and these are plain memory in it
            // that the kernel touches only during a run, which needs the value exclusively.
            SyncedRegisterSets(rawValue: unsafe runPage.pointee.kvm_valid_regs)
        }
        set { unsafe runPage.pointee.kvm_valid_regs = newValue.rawValue & features.syncedRegisters.rawValue }
    }

    /// General registers as the last run left them, or as the next is to find them.
    ///
    /// Reading needs ``SyncedRegisterSets/general`` to have been in ``synchronizedRegisters`` for the last run. What is set
    /// reaches the processor at the start of the next run and is not seen by ``registers()`` before.
    public var syncedRegisters: Registers {
        get { Registers(unsafe ckvm_run_regs(runPage).pointee) }
        set {
            unsafe ckvm_run_regs(runPage).pointee = newValue.kernelValue
            markDirty(.general)
        }
    }

    /// RIP of ``syncedRegisters``.
    public var syncedInstructionPointer: UInt64 { unsafe ckvm_run_regs(runPage).pointee.rip }

    /// The base of CS of ``syncedSpecialRegisters``.
    public var syncedCodeBase: UInt64 { unsafe ckvm_run_sregs(runPage).pointee.cs.base }

    /// As ``syncedRegisters``, for ``SyncedRegisterSets/special``.
    public var syncedSpecialRegisters: SpecialRegisters {
        get { SpecialRegisters(unsafe ckvm_run_sregs(runPage).pointee) }
        set {
            unsafe ckvm_run_sregs(runPage).pointee = newValue.kernelValue
            markDirty(.special)
            // Each run takes CR8 from here in the end, if no interrupt controller is in the kernel.
            taskPriority = newValue.cr8
        }
    }

    /// As ``syncedRegisters``, for ``SyncedRegisterSets/events``.
    public var syncedEvents: VCPUEvents {
        get { VCPUEvents(unsafe ckvm_run_events(runPage).pointee) }
        set {
            unsafe ckvm_run_events(runPage).pointee = newValue.kernelValue
            markDirty(.events)
        }
    }

    /// Forgets what was set here and not yet run with, because it has been set otherwise since: the last one counts.
    mutating func dropSynced(_ sets: SyncedRegisterSets) {
        unsafe runPage.pointee.kvm_dirty_regs &= ~sets.rawValue
        freshRegisters.subtract(sets)
    }

    private mutating func markDirty(_ sets: SyncedRegisterSets) {
        unsafe runPage.pointee.kvm_dirty_regs |= sets.rawValue
        freshRegisters.subtract(sets)
    }
}
