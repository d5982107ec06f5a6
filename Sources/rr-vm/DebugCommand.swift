import ArgumentParser
import GDBStub
import Glibc
import SystemPackage
import TraceFormat

/// `rr-vm debug`.
struct DebugCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "debug",
        abstract: "Debug a recording with gdb, forwards and backwards.",
        discussion: """
            Starts gdb, connected to the recording. reverse-step, reverse-continue and the other commands of gdb that go \
            back work, and monitor help lists what else there is. See docs/debugging.md.
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @OptionGroup var debug: DebugOptions

    @Argument(parsing: .postTerminator, help: ArgumentHelp("What gdb gets besides.", valueName: "gdb arguments"))
    var arguments: [String] = []

    func run() throws {
        // Whether there is a trace is better said here than by gdb.
        let trace = try TraceLocation.resolve(file)
        do { _ = try TraceSource(named: trace) } catch { throw CommandFailure(error) }
        let script = try Self.scriptFile()
        // A search through a long recording takes longer than gdb waits for an answer otherwise.
        let own = [
            "gdb", "-q", "-iex", "set remotetimeout 86400", "-x", "/proc/self/fd/\(script)",
            "-ex", "target extended-remote | \(server(trace))",
        ]
        let words = (own + arguments).map { word in
            (CommandArguments.bytes(word) + [0]).map { CChar(bitPattern: $0) }
        }
        // SAFETY: the copies end with a zero and live until the process is another program or ends.
        let pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        // SAFETY: the array ends with a null pointer.
        unsafe execvp("gdb", pointers)
        throw CommandFailure(.unavailable, "cannot start gdb: \(Errno(rawValue: errno)); install it (Debian: gdb)")
    }

    /// The server's command line, as a shell reads it.
    private func server(_ trace: FilePath) -> String {
        var words = [Self.program, "gdbserver", Self.text(of: trace), "--stdio"]
        if let moment = debug.at { words += ["--at", moment] }
        if let arch = debug.arch { words += ["--arch", arch.rawValue] }
        words += ["--engine", debug.engine.rawValue]
        if let limit = debug.options.memoryLimit { words += ["--memory-limit", "\(limit.rawValue)"] }
        words += ["--cpu-mismatch", debug.options.cpuMismatch.rawValue]
        for name in debug.symbols.names { words += ["--symbols", name] }
        if debug.confinement.isOff { words.append("--no-confine") }
        return words.map(Self.quoted).joined(separator: " ")
    }

    private static func text(of path: FilePath) -> String {
        // SAFETY: the string lives through the call and ends with a zero.
        unsafe path.withPlatformString { name in
            unsafe CommandArguments.text(Array(UnsafeRawBufferPointer(start: name, count: strlen(name))))
        }
    }

    /// This program's file.
    private static var program: String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        // SAFETY: the call writes at most as many bytes as the array has.
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        return CommandArguments.text(bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) })
    }

    private static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// What gdb is told first: after a command of the target's that moves the guest, registers are read again, and each
    /// stop says at which moment it is.
    private static let script = """
        define hookpost-monitor
        maintenance flush register-cache
        end
        """

    /// A file with the script, which has no name and stays open for gdb.
    private static func scriptFile() throws(CommandFailure) -> CInt {
        var name = Array("/tmp/rr-vm-XXXXXX".utf8CString)
        // SAFETY: the name ends with a zero; the call changes its last characters.
        let descriptor = unsafe mkstemp(&name)
        guard descriptor >= 0 else {
            throw CommandFailure(.cannotCreate, "cannot create a file in /tmp: \(Errno(rawValue: errno))")
        }
        // SAFETY: the name still ends with a zero.
        unsafe unlink(name)
        do {
            try FileDescriptor(rawValue: descriptor).writeAll(script.utf8)
        } catch { throw CommandFailure(.inputOutput, "cannot write a file in /tmp: \(error)") }
        return descriptor
    }
}
