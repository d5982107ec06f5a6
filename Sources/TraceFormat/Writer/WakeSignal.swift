import Glibc

/// Lets one thread sleep until another has work for it, or until a time has passed. A signal that comes before the wait
/// is not lost.
@safe final class WakeSignal: @unchecked Sendable {
    // SAFETY of all three: allocated and initialised in init, and freed in deinit when nobody holds the object any
    // more; `isPosted` is used only under the mutex.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var isPosted = false

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        // SAFETY: the attributes live through the calls.
        unsafe pthread_condattr_init(&attributes)
        // This clock cannot be set, unlike the time of day.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
        unsafe pthread_mutex_init(mutex, nil)
    }

    deinit {
        // SAFETY: see the members.
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Wakes the waiting thread, or makes the next wait return at once.
    func post() {
        // SAFETY: see the members.
        unsafe pthread_mutex_lock(mutex)
        isPosted = true
        unsafe pthread_cond_signal(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Sleeps until a post, for at most `nanoseconds`; may also wake without either.
    func wait(nanoseconds: UInt64) {
        var deadline = timespec()
        // SAFETY: the deadline lives through the calls; see the members.
        unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
        let total = UInt64(deadline.tv_nsec) + nanoseconds
        deadline.tv_sec += Int(total / 1_000_000_000)
        deadline.tv_nsec = Int(total % 1_000_000_000)
        unsafe pthread_mutex_lock(mutex)
        if !isPosted { _ = unsafe pthread_cond_timedwait(condition, mutex, &deadline) }
        isPosted = false
        unsafe pthread_mutex_unlock(mutex)
    }
}
