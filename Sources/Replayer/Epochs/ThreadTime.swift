internal import Glibc

/// The processor time of the calling thread.
enum ThreadTime {
    /// In nanoseconds, since the thread began.
    static var nanoseconds: UInt64 {
        var time = timespec()
        // SAFETY: clock_gettime fills the structure it is given. Each thread has this clock.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
