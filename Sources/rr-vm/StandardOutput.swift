import Glibc
import SystemPackage
import TraceFormat

/// A command's result, buffered to save system calls.
struct StandardOutput: ~Copyable {
    /// How many bytes are collected before they are written.
    private static let capacity = 1 << 16
    private static let longestUsualLine = 1 << 10

    private var buffer = TextBuffer(capacity: capacity + longestUsualLine, makesPrintable: true)

    /// Whether it is a terminal.
    static var isTerminal: Bool {
        isatty(FileDescriptor.standardOutput.rawValue) == 1
    }

    /// Writes the whole result at once: a text of several lines, each made safe to print.
    ///
    /// - Throws: what ``flush()`` throws.
    static func print(_ text: String) throws(CommandFailure) {
        var output = Self()
        try output.write(text: text)
        try output.flush()
    }

    /// Writes a text of several lines, each made safe to print.
    ///
    /// - Throws: what ``flush()`` throws.
    mutating func write(text: String) throws(CommandFailure) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { try write(String(line)) }
    }

    /// Writes one line, made safe to print.
    ///
    /// - Throws: what ``flush()`` throws.
    mutating func write(_ line: String) throws(CommandFailure) {
        try write { $0.append(line) }
    }

    /// Writes one line that is put together in place. Texts from outside are made safe to print.
    ///
    /// - Throws: what ``flush()`` throws.
    mutating func write(_ line: (inout TextBuffer) -> Void) throws(CommandFailure) {
        line(&buffer)
        buffer.append(words: "\n")
        if buffer.count >= Self.capacity { try flush() }
    }

    /// Writes bytes unchanged: the guest's console.
    ///
    /// - Throws: what ``flush()`` throws.
    mutating func put(_ bytes: some Collection<UInt8>) throws(CommandFailure) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.capacity { try flush() }
    }

    /// Writes what is left.
    ///
    /// - Throws: a failure with the status for input and output. If the reader has gone away, `SIGPIPE` ends the
    ///   process quietly, unless the command ignores it.
    mutating func flush() throws(CommandFailure) {
        defer { buffer.removeAll() }
        do {
            // SAFETY: the buffer is only read, inside the closure, while the span that it views is alive.
            _ = unsafe try buffer.bytes.withUnsafeBytes { unsafe try FileDescriptor.standardOutput.writeAll($0) }
        } catch {
            throw CommandFailure(.inputOutput, Self.message(error))
        }
    }

    /// The message for a user who has lost some of the output.
    static func message(_ cause: any Error) -> String { "cannot write to standard output: \(cause)" }
}
