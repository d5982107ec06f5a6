import CKVM
import Glibc
import Synchronization

/// What a vCPU and its kickers share.
///
/// The byte `immediate_exit` of the run page makes `KVM_RUN` return at once. Each of its two bits has its own purpose and
/// is set and cleared atomically, so neither clears the other:
/// - ``completing``: set and cleared by the vCPU's own thread around the completion of a pending exit;
/// - ``kicked``: set by a kick, cleared by the run that reports it and by nothing else.
///
/// A kick is never lost. If it comes before `KVM_RUN` looks at the byte, `KVM_RUN` sees it there. If it comes later, the
/// kicker sees ``thread`` set and sends a signal; the signal ends `KVM_RUN`, or is already pending when the guest would
/// be entered, which the kernel checks with interrupts off. The kicker sets the byte before it reads `thread`, the vCPU
/// sets `thread` before the kernel reads the byte, both sequentially consistent: at least one of them sees the other.
@safe final class KickControl: Sendable {
    /// SIGURG is ignored by default, so a late one does no harm, and it is not queued.
    static let signal = SIGURG

    static let completing: UInt8 = 1 << 0
    static let kicked: UInt8 = 1 << 1

    /// The address of the `immediate_exit` byte, until the vCPU goes away.
    private let byte: Mutex<UInt?>
    /// The thread that is in `KVM_RUN`, or 0.
    let thread = Atomic<pid_t>(0)

    /// - Parameter runPage: the vCPU's run page, mapped until ``detach()``.
    @unsafe init(runPage: UnsafeMutableRawPointer) {
        // SAFETY: a run page starts with a kvm_run.
        let run = unsafe runPage.assumingMemoryBound(to: kvm_run.self)
        byte = Mutex(unsafe UInt(bitPattern: ckvm_run_immediate_exit(run)))
    }

    /// Ends the use of the run page; later kicks do nothing.
    func detach() {
        byte.withLock { $0 = nil }
    }

    /// Makes the current or the next run return ``RunOutcome/kicked``.
    func kick() {
        // The lock keeps the page mapped during the kick. Runs do not take it.
        byte.withLock { address in
            guard let address, let byte = unsafe UnsafeMutablePointer<UInt8>(bitPattern: address) else { return }
            // SAFETY: the page is mapped until detach, which waits for the lock.
            _ = unsafe ckvm_atomic_or_u8(byte, Self.kicked)
            let running = thread.load(ordering: .sequentiallyConsistent)
            // A thread that has left KVM_RUN by now gets a signal that does nothing, or no longer exists: both are
            // harmless.
            if running != 0 { _ = ckvm_signal_thread(running, Self.signal) }
        }
    }

    /// The calling thread's number. The thread's first call also unblocks the signal, which threads of some pools
    /// block.
    static func currentThread() -> pid_t {
        // SAFETY: the slot is the calling thread's own.
        let slot = unsafe ckvm_thread_slot()
        if unsafe slot.pointee == 0 {
            _ = ckvm_unblock_signal(signal)
            unsafe slot.pointee = ckvm_thread_id()
        }
        return unsafe slot.pointee
    }
}
