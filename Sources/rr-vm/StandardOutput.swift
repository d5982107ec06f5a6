import Glibc
import SystemPackage
import TraceFormat

/// A command's result, buffered to save system calls.
struct StandardOutput: ~Copyable {
    private static let capacity = 1 << 16

    private var buffer: [UInt8] = []

    /// Whether it is a terminal.
    static var isTerminal: Bool {
        isatty(FileDescriptor.standardOutput.rawValue) == 1
    }

    init() {
        buffer.reserveCapacity(Self.capacity)
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
        try put(line.printable.utf8)
        try put(CollectionOfOne(UInt8(ascii: "\n")))
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
        defer { buffer.removeAll(keepingCapacity: true) }
        do {
            try FileDescriptor.standardOutput.writeAll(buffer)
        } catch {
            throw CommandFailure(.inputOutput, Self.message(error))
        }
    }

    /// The message for a user who has lost some of the output.
    static func message(_ cause: any Error) -> String { "cannot write to standard output: \(cause)" }
}
