import Glibc
import SystemPackage
import TraceFormat

/// A command's result, in pieces large enough to cost little.
struct StandardOutput: ~Copyable {
    private static let capacity = 1 << 16

    private var buffer: [UInt8] = []

    /// Whether a person is looking.
    static var isTerminal: Bool {
        isatty(FileDescriptor.standardOutput.rawValue) == 1
    }

    init() {
        buffer.reserveCapacity(Self.capacity)
    }

    /// Writes a text of lines that were made to be shown, and is the whole result, at once.
    ///
    /// - Throws: what ``flush()`` throws.
    static func print(_ text: String) throws(CommandFailure) {
        var output = Self()
        try output.write(text: text)
        try output.flush()
    }

    /// Writes a text of lines that were made to be shown.
    ///
    /// - Throws: what ``flush()`` throws.
    mutating func write(text: String) throws(CommandFailure) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { try write(String(line)) }
    }

    /// Writes one line, as it may be shown.
    ///
    /// - Throws: what ``flush()`` throws.
    mutating func write(_ line: String) throws(CommandFailure) {
        try put(line.printable.utf8)
        try put(CollectionOfOne(UInt8(ascii: "\n")))
    }

    /// Writes bytes as they stand: the guest's console.
    ///
    /// - Throws: what ``flush()`` throws.
    mutating func put(_ bytes: some Collection<UInt8>) throws(CommandFailure) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.capacity { try flush() }
    }

    /// Writes what is left.
    ///
    /// - Throws: a failure with the status for input and output; a reader that has gone away ends the process quietly, as
    ///   `SIGPIPE` does.
    mutating func flush() throws(CommandFailure) {
        defer { buffer.removeAll(keepingCapacity: true) }
        do {
            try FileDescriptor.standardOutput.writeAll(buffer)
        } catch {
            throw CommandFailure(.inputOutput, Self.message(error))
        }
    }

    /// What a user is told who has lost some of it.
    static func message(_ cause: any Error) -> String { "cannot write to standard output: \(cause)" }
}
