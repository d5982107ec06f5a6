import Glibc
import SystemPackage

/// A clock that nobody sets.
enum Clock {
    /// Seconds since some moment.
    static func seconds() -> Double {
        var time = timespec()
        // SAFETY: clock_gettime fills the structure it is given.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// This process's memory.
enum Memory {
    /// The most that was ever resident.
    static func peakMiB() -> Int {
        var usage = rusage()
        // SAFETY: getrusage fills the structure it is given.
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
    }
}

/// The kernel's copy of files in memory.
enum PageCache {
    /// Brings a file to the disk and forgets what of it is in memory.
    static func drop(_ path: FilePath) throws {
        let file = try FileDescriptor.open(path, .readOnly)
        try file.closeAfter {
            guard fdatasync(file.rawValue) == 0, posix_fadvise(file.rawValue, 0, 0, POSIX_FADV_DONTNEED) == 0 else {
                throw Errno(rawValue: errno)
            }
        }
    }
}
