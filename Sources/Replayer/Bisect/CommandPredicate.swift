internal import FoundationEssentials
internal import Glibc
internal import SystemPackage
public import TraceFormat
internal import X86

/// Asks a shell command about a moment, as `git bisect run` does: status 0 is good, 125 can not be said, anything else up
/// to 127 is bad; more ends the search.
///
/// The command finds the state in a directory: `registers` (a line each: name and value) and `memory` (physical memory from
/// address 0 on, with holes), and in `RR_VM_MOMENT`, `RR_VM_EVENT`, `RR_VM_TRACE`, `RR_VM_DIRECTORY`, `RR_VM_RIP`.
public struct CommandPredicate: MomentPredicate {
    private let command: String
    private let reader: TraceReader

    /// Why a command could not be asked.
    public struct Failure: Error, CustomStringConvertible {
        /// One line, without a final full stop.
        public let description: String
    }

    /// A command for `/bin/sh`, asked about moments of a trace.
    public init(_ command: String, _ reader: TraceReader) {
        self.command = command
        self.reader = reader
    }

    /// Runs the command.
    ///
    /// - Throws: ``Failure`` where it can not be run, or ends with a status above 127.
    public func holds<View: MachineView>(at moment: Moment, in view: inout View) throws -> Bool? {
        let directory = FileManager.default.temporaryDirectory.appending(path: "rr-vm-\(getpid())-\(moment)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let registers = view.state.fields.map { "\($0.0) \($0.1)\n" }.joined()
        try Data(registers.utf8).write(to: directory.appending(path: "registers"))
        try writeMemory(FilePath(directory.path).appending("memory"), &view)
        let status = try run([
            "RR_VM_MOMENT=\(moment)", "RR_VM_EVENT=\(moment.event)", "RR_VM_TRACE=\(reader.path)",
            "RR_VM_DIRECTORY=\(directory.path)", "RR_VM_RIP=0x\(String(view.state.rip, radix: 16))",
        ])
        switch status {
        case 0: return false
        case 125: return nil
        case 1...127: return true
        default: throw Failure(description: "'\(command)' ended with status \(status) at moment \(moment)")
        }
    }

    private func writeMemory(_ path: FilePath, _ view: inout some MachineView) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        try file.closeAfter {
            for region in reader.header.machine.memory where !region.isReadOnly {
                try file.resize(to: Int64(region.address.rawValue + region.size))
                for offset in stride(from: 0, to: region.size, by: UInt64.Stride(Self.piece)) {
                    let address = GuestPhysicalAddress(region.address.rawValue + offset)
                    let count = Int(min(UInt64(Self.piece), region.size - offset))
                    guard let bytes = try view.read(address, count: count), bytes[...] != Self.zeros[..<count] else {
                        continue
                    }
                    try file.writeAll(toAbsoluteOffset: Int64(address.rawValue), bytes)
                }
            }
        }
    }

    private static let piece: UInt64 = 1 << 16
    private static let zeros = [UInt8](repeating: 0, count: Int(piece))

    /// Runs the command with more variables in its environment, and gives its status; 128 and more for a signal.
    private func run(_ variables: [String]) throws -> Int32 {
        var process: pid_t = 0
        let present = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        // SAFETY: both arrays hold C strings and end with nil; they are freed after the call that reads them.
        let words = ["sh", "-c", command]
        var arguments = unsafe words.map { word in unsafe strdup(word) } + [nil]
        var environment = unsafe (present + variables).map { word in unsafe strdup(word) } + [nil]
        defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
        let error = unsafe posix_spawn(&process, "/bin/sh", nil, nil, &arguments, &environment)
        guard error == 0 else { throw Failure(description: "cannot run /bin/sh: \(Errno(rawValue: error))") }
        var status: Int32 = 0
        // SAFETY: the status is written during the call only.
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else {
                throw Failure(description: "lost '\(command)': \(Errno(rawValue: errno))")
            }
        }
        // WIFEXITED and WEXITSTATUS are macros that Swift does not import.
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
