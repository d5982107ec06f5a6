import Glibc
import SystemPackage
import TraceFormat

/// Where commands speak to a person, so that standard output stays the command's result.
enum StandardError {
    /// Writes lines, each made safe to print.
    static func write(_ lines: String...) {
        print(lines.printableText)
    }

    /// Writes a text of several lines, each made safe to print.
    static func print(_ text: String) {
        put(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).printableText + "\n")
    }

    /// Writes text unchanged, for this program's own line on a terminal. There is nobody to tell if that fails.
    static func put(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }

    /// Whether it is a terminal.
    static var isTerminal: Bool {
        isatty(FileDescriptor.standardError.rawValue) == 1
    }
}
