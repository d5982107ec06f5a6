internal import Glibc
public import SystemPackage

/// A user's command that the shell runs.
public struct ShellCommand {
    private let text: String

    /// Why a command could not be run.
    public struct Failure: Error, CustomStringConvertible {
        /// One line, without a final full stop.
        public let description: String
    }

    /// Creates a command for `/bin/sh`.
    public init(_ text: String) {
        self.text = text
    }

    /// Runs the command with additional environment variables, and returns its status. A status of 128 or more means
    /// that a signal ended it.
    ///
    /// - Parameters:
    ///   - variables: values by name.
    ///   - paths: file names by the name of their variable. They need not be valid UTF-8.
    public func run(_ variables: [String: String] = [:], paths: [String: FilePath] = [:]) throws(Failure) -> Int32 {
        var process: pid_t = 0
        // SAFETY: the array holds C strings and ends with nil; they are freed after the call that reads them.
        let words = ["sh", "-c", text]
        var arguments = unsafe words.map { word in unsafe strdup(word) } + [nil]
        var environment = unsafe Self.environment(variables, paths)
        // Signals that this program handles itself have their default meaning for the command.
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        // SAFETY: the attributes are made here, outlive the calls that read and change them, and are released once.
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        defer {
            unsafe posix_spawnattr_destroy(&attributes)
            unsafe (arguments + environment).forEach { unsafe free($0) }
        }
        let error = unsafe posix_spawn(&process, "/bin/sh", nil, &attributes, &arguments, &environment)
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

    /// This process's environment and the additional variables, as C strings that the caller frees, with nil at the
    /// end.
    @unsafe private static func environment(
        _ variables: [String: String],
        _ paths: [String: FilePath]
    ) -> [UnsafeMutablePointer<CChar>?] {
        var entries: [UnsafeMutablePointer<CChar>?] = unsafe []
        var index = 0
        // SAFETY: environ is a list of C strings that ends with nil, and no other thread changes it.
        while let entry = unsafe environ[index] {
            unsafe entries.append(strdup(entry))
            index += 1
        }
        for (name, value) in variables { unsafe entries.append(strdup("\(name)=\(value)")) }
        for (name, path) in paths {
            // SAFETY: the path's C string is copied inside the closure.
            let bytes = unsafe path.withPlatformString {
                unsafe Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
            }
            unsafe entries.append(strdup("\(name)=".utf8.map { CChar(bitPattern: $0) } + bytes))
        }
        return unsafe entries + [nil]
    }
}
