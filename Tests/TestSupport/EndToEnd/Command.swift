import Foundation
import Glibc
import SystemPackage

/// A run of the built `rr-vm`, or of another program.
public struct Command: ~Copyable {
    /// The result.
    public struct Result: Sendable {
        /// The exit status, or 128 and the signal that ended it, as in a shell.
        public var status: Int32
        /// What it wrote to standard output.
        public var output: String
        /// What it wrote to standard error.
        public var messages: String

        /// The lines of standard error.
        public var messageLines: [String] { messages.split(separator: "\n").map(String.init) }
    }

    private var process: ChildProcess
    private let kept: TemporaryDirectory

    /// The built `rr-vm`, which lies beside the program that runs the tests.
    public static let executable: String = {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return own.deletingLastPathComponent().appending(path: "rr-vm").path
    }()

    /// Starts a program with its input empty and its output kept.
    ///
    /// - Parameters:
    ///   - directory: the working directory.
    ///   - signals: blocked when it starts, so that a signal sent at once stays pending.
    public init(
        _ arguments: [String],
        of program: String = Self.executable,
        in directory: borrowing TemporaryDirectory,
        holdingBack signals: [Int32] = []
    ) throws {
        let kept = try TemporaryDirectory()
        process = try ChildProcess(
            program,
            arguments,
            directory: directory.path.string,
            output: kept.file("output").string,
            messages: kept.file("messages").string,
            blocked: signals
        )
        self.kept = kept
    }

    /// Runs `rr-vm` to its end.
    public static func run(_ arguments: String..., in directory: borrowing TemporaryDirectory) throws -> Result {
        try Command(arguments, in: directory).wait()
    }

    /// Runs a shell's command line to its end; `$0` is `rr-vm`.
    public static func shell(_ line: String, in directory: borrowing TemporaryDirectory) throws -> Result {
        try Command(["-c", line, executable], of: "/bin/bash", in: directory).wait()
    }

    /// What it has written to standard output so far.
    public var outputSoFar: String {
        get throws { try String(decoding: kept.read("output"), as: UTF8.self) }
    }

    /// Sends a signal.
    public mutating func signal(_ number: Int32) {
        process.signal(number)
    }

    /// Waits until something holds or the program has ended.
    public mutating func waitUntil(_ condition: () -> Bool) {
        while process.isRunning(), !condition() { usleep(1000) }
    }

    /// Waits until standard output holds a text or the program has ended.
    public mutating func waitUntil(shows text: String) throws {
        while process.isRunning(), try !outputSoFar.contains(text) { usleep(1000) }
    }

    /// Waits for its end.
    public consuming func wait() throws -> Result {
        let status = process.wait()
        return Result(
            status: status,
            output: try String(decoding: kept.read("output"), as: UTF8.self),
            messages: try String(decoding: kept.read("messages"), as: UTF8.self)
        )
    }
}
