import Glibc
import SystemPackage
import TraceFormat

/// Where commands speak to a person, so that standard output stays the command's result.
enum StandardError {
    /// Writes lines, each as it may be shown.
    static func write(_ lines: String...) {
        print(lines.printableText)
    }

    /// Writes a text of lines that were made to be shown.
    static func print(_ text: String) {
        put(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).printableText + "\n")
    }

    /// Writes text as it stands, for this program's own line on a terminal; nobody can be told when that fails.
    static func put(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }

    /// Whether a person is looking.
    static var isTerminal: Bool {
        isatty(FileDescriptor.standardError.rawValue) == 1
    }
}
