import Glibc
import Synchronization
import SystemPackage
import TraceFormat

/// Where commands speak to a person, so that standard output stays the command's result.
enum StandardError {
    /// Whether the guest's console was last left in the middle of a line.
    private static let isConsoleMidLine = Atomic(false)
    /// Whether the console goes to the same terminal, pipe or file as these messages.
    private static let sharesConsole = FileSystem.isSame(.standardOutput, .standardError)

    /// Notes whether the piece of the console that is shown next ends a line.
    static func noteConsole(endsLine: Bool) {
        isConsoleMidLine.store(!endsLine, ordering: .relaxed)
    }

    /// Writes lines, each made safe to print.
    static func write(_ lines: String...) {
        print(lines.printableText)
    }

    /// Writes a text of several lines, each made safe to print.
    static func print(_ text: String) {
        // Else the message would go on in the guest's line.
        if isConsoleMidLine.exchange(false, ordering: .relaxed), sharesConsole { put("\n") }
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
