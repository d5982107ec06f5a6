import Glibc

/// Exit statuses: those of `sysexits.h`, and 1 for a difference.
enum ExitStatus: Int32 {
    /// The replay or check found a difference.
    case different = 1
    /// `EX_USAGE`: the command line asks for something impossible.
    case usage = 64
    /// `EX_DATAERR`: a file's content is wrong.
    case badData = 65
    /// `EX_NOINPUT`: a file is missing or cannot be read.
    case noInput = 66
    /// `EX_UNAVAILABLE`: this host cannot do it.
    case unavailable = 69
    /// `EX_SOFTWARE`: a bug in rr-vm.
    case software = 70
    /// `EX_CANTCREAT`: an output file cannot be created.
    case cannotCreate = 73
    /// `EX_IOERR`: input or output failed.
    case inputOutput = 74

    func exit() -> Never {
        Glibc.exit(rawValue)
    }
}
