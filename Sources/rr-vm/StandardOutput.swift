import Glibc
import SystemPackage

/// A command's result, line by line, in pieces large enough to cost little.
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

    /// Writes one line.
    ///
    /// - Throws: a failure with the status for input and output; a reader that has gone away ends the process quietly, as
    ///   `SIGPIPE` does.
    mutating func write(_ line: String) throws(CommandFailure) {
        buffer.append(contentsOf: line.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.capacity { try flush() }
    }

    /// Writes what is left.
    mutating func flush() throws(CommandFailure) {
        defer { buffer.removeAll(keepingCapacity: true) }
        do {
            try FileDescriptor.standardOutput.writeAll(buffer)
        } catch {
            throw CommandFailure(.inputOutput, "can not write to standard output: \(error)")
        }
    }
}
