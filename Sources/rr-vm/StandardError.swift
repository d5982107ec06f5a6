import Glibc
import SystemPackage

/// Where commands speak to a person, so that standard output stays the command's result.
enum StandardError {
    /// Writes one line.
    static func write(_ line: String) {
        put(line + "\n")
    }

    /// Writes text as it stands; nobody can be told when that fails.
    static func put(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }

    /// Whether a person is looking.
    static var isTerminal: Bool {
        isatty(FileDescriptor.standardError.rawValue) == 1
    }
}
