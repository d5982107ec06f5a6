import CKVM

extension VCPU {
    /// The sets that this host can synchronise.
    public var synchronizableRegisters: SyncedRegisterSets { features.syncedRegisters }

    /// The sets that each run brings back. Empty at first. Sets that the host lacks are ignored.
    public var synchronizedRegisters: SyncedRegisterSets {
        get {
            // SAFETY (all of this file): the run page is mapped while this value lives, and these are plain memory in it
            // that the kernel touches only during a run, which needs the value exclusively.
            SyncedRegisterSets(rawValue: unsafe runPage.pointee.kvm_valid_regs)
        }
        set { unsafe runPage.pointee.kvm_valid_regs = newValue.rawValue & features.syncedRegisters.rawValue }
    }

    /// General registers as the last run left them, or as the next run will find them.
    ///
    /// Reading requires that ``synchronizedRegisters`` contained ``SyncedRegisterSets/general`` in the last run. A new
    /// value reaches the processor at the start of the next run; until then ``registers()`` does not see it.
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
            // In the end, each run takes CR8 from ``taskPriority``, unless an interrupt controller is in the kernel.
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

    /// Forgets what was set here but not run with yet, because a later call has set it in another way.
    mutating func dropSynced(_ sets: SyncedRegisterSets) {
        unsafe runPage.pointee.kvm_dirty_regs &= ~sets.rawValue
        freshRegisters.subtract(sets)
    }

    private mutating func markDirty(_ sets: SyncedRegisterSets) {
        unsafe runPage.pointee.kvm_dirty_regs |= sets.rawValue
        freshRegisters.subtract(sets)
    }
}
