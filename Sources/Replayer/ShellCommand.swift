internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// A user's command, run by the shell.
public struct ShellCommand {
    private let text: String

    /// Why a command could not be run.
    public struct Failure: Error, CustomStringConvertible {
        /// One line, without a final full stop.
        public let description: String
    }

    /// A command for `/bin/sh`.
    public init(_ text: String) {
        self.text = text
    }

    /// Runs it with more variables in its environment (`NAME=value` each), and gives its status; 128 and more for a signal.
    public func run(_ variables: [String]) throws(Failure) -> Int32 {
        var process: pid_t = 0
        let present = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        // SAFETY: both arrays hold C strings and end with nil; they are freed after the call that reads them.
        let words = ["sh", "-c", text]
        var arguments = unsafe words.map { word in unsafe strdup(word) } + [nil]
        var environment = unsafe (present + variables).map { word in unsafe strdup(word) } + [nil]
        defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
        let error = unsafe posix_spawn(&process, "/bin/sh", nil, nil, &arguments, &environment)
        guard error == 0 else { throw Failure(description: "cannot run /bin/sh: \(Errno(rawValue: error))") }
        var status: Int32 = 0
        // SAFETY: the status is written during the call only.
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else {
                throw Failure(description: "lost '\(text)': \(Errno(rawValue: errno))")
            }
        }
        // WIFEXITED and WEXITSTATUS are macros that Swift does not import.
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
