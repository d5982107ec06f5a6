import CKVM
import Glibc
import Synchronization
import SystemPackage

extension VCPU {
    /// Runs the guest until it exits or is stopped (`KVM_RUN`).
    ///
    /// If the last exit was a read, the guest reads the data that were put into ``exit``. Takes no lock and allocates
    /// nothing.
    ///
    /// - Throws: any errno except EINTR and EAGAIN, which are outcomes. EFAULT means that memory behind a slot is not
    ///   mapped. If the kernel says which memory, the outcome is ``VCPUExit/memoryFault(_:)`` instead of an error.
    public mutating func run() throws(KVMError) -> RunOutcome {
        let errno = enter()
        // Almost every run ends here.
        if errno == 0 { return .exit }
        return switch errno {
        case Errno.badAddress.rawValue, EHWPOISON: try memoryFaultOutcome(errno)
        case Errno.interrupted.rawValue:
            clearImmediateExit(KickControl.kicked) ? .kicked : .interrupted
        case Errno.resourceTemporarilyUnavailable.rawValue: .again
        default: throw runError(errno)
        }
    }

    /// Finishes the instruction that the last exit interrupted, and nothing more (`KVM_RUN` with `immediate_exit`).
    ///
    /// Until a port or memory access is complete, the instruction pointer and the destination have their old values,
    /// and setting registers is undone. So complete it before registers or guest memory are read, written or saved.
    ///
    /// - Returns: ``RunOutcome/completed``; or ``RunOutcome/exit`` if the instruction has another access to make, which
    ///   must be answered and completed too. A kick that comes meanwhile is left for the next ``run()``.
    public mutating func completePendingExit() throws(KVMError) -> RunOutcome {
        setImmediateExit(KickControl.completing)
        let errno = enter()
        _ = clearImmediateExit(KickControl.completing)
        switch errno {
        case 0: return .exit
        case Errno.badAddress.rawValue, EHWPOISON: return try memoryFaultOutcome(errno)
        case Errno.interrupted.rawValue: return .completed
        case Errno.resourceTemporarilyUnavailable.rawValue: return .again
        default: throw runError(errno)
        }
    }

    /// Enters the guest; returns 0 or an errno.
    private mutating func enter() -> CInt {
        kickControl.thread.store(KickControl.currentThread(), ordering: .sequentiallyConsistent)
        defer { kickControl.thread.store(0, ordering: .releasing) }
        let errno = descriptor.host.run(descriptor.rawValue)
        // A run that a signal has ended brings them back too.
        let isOver = errno == 0 || errno == EINTR
        freshRegisters = isOver ? synchronizedRegisters : []
        return errno
    }

    /// A run that fails because of memory is an exit if the kernel has said which memory (`KVM_CAP_MEMORY_FAULT_INFO`).
    /// A kernel that can say so clears the reason of the previous exit.
    private func memoryFaultOutcome(_ errno: CInt) throws(KVMError) -> RunOutcome {
        // SAFETY: the run page is mapped while this value lives.
        guard unsafe runPage.pointee.exit_reason == UInt32(KVM_EXIT_MEMORY_FAULT) else { throw runError(errno) }
        return .exit
    }

    private func runError(_ errno: CInt) -> KVMError {
        KVMError(operation: Request.run.name.description, cause: .system(Errno(rawValue: errno)))
    }

    private func setImmediateExit(_ bit: UInt8) {
        // SAFETY: the run page is mapped while this value lives.
        _ = unsafe ckvm_atomic_or_u8(ckvm_run_immediate_exit(runPage), bit)
    }

    /// - Returns: whether the bit was set.
    private func clearImmediateExit(_ bit: UInt8) -> Bool {
        // SAFETY: the run page is mapped while this value lives.
        unsafe ckvm_atomic_and_u8(ckvm_run_immediate_exit(runPage), ~bit) & bit != 0
    }
}
