internal import SystemPackage
public import TraceFormat
internal import X86

/// Asks a shell command about a moment, as `git bisect run` does. Status 0 means good and 125 means that the command
/// cannot tell. Any other status up to 127 means bad. A higher status ends the search.
///
/// The command finds the state in a directory. The file `registers` has one line for each register, with its name and
/// value. The file `memory` holds physical memory from address 0 on and is sparse. These environment variables are set:
/// `RR_VM_MOMENT`, `RR_VM_EVENT`, `RR_VM_TRACE`, `RR_VM_DIRECTORY`, `RR_VM_RIP`.
public struct CommandPredicate: MomentPredicate {
    private let command: String
    private let reader: TraceReader

    /// Creates a predicate that runs a command with `/bin/sh` for moments of a trace.
    public init(_ command: String, _ reader: TraceReader) {
        self.command = command
        self.reader = reader
    }

    /// Runs the command.
    ///
    /// - Throws: `.cannotJudge` if the command cannot be run or ends with a status above 127.
    public func holds<View: MachineView>(at moment: Moment, in view: inout View) throws(TimelineError) -> Bool? {
        let directory = try onDisk { () throws(Errno) in try PrivateDirectory() }
        let registers = view.state.fields.map { "\($0.0) \($0.1)\n" }.joined()
        try onDisk { () throws(Errno) in
            let file = try directory.create("registers")
            defer { try? file.close() }
            try file.write(registers.utf8, at: 0)
        }
        try writeMemory(to: directory, &view)
        let status: Int32
        do throws(ShellCommand.Failure) {
            status = try ShellCommand(command).run(
                [
                    "RR_VM_MOMENT": "\(moment)", "RR_VM_EVENT": "\(moment.event)",
                    "RR_VM_RIP": "0x\(String(view.state.rip, radix: 16))",
                ],
                paths: ["RR_VM_TRACE": reader.path, "RR_VM_DIRECTORY": directory.path]
            )
        } catch {
            throw .cannotJudge(error)
        }
        switch status {
        case 0: return false
        case 125: return nil
        case 1...127: return true
        default:
            let problem = "'\(command)' ended with status \(status) at moment \(moment)"
            throw .cannotJudge(ShellCommand.Failure(description: problem))
        }
    }

    private func writeMemory(
        to directory: borrowing PrivateDirectory,
        _ view: inout some MachineView
    ) throws(TimelineError) {
        let file = try onDisk { () throws(Errno) in try directory.create("memory") }
        defer { try? file.close() }
        for region in reader.header.machine.memory where !region.isReadOnly {
            try onDisk { () throws(Errno) in try file.setSize(Int64(region.address.rawValue + region.size)) }
            for offset in stride(from: 0, to: region.size, by: UInt64.Stride(Self.piece)) {
                let address = GuestPhysicalAddress(region.address.rawValue + offset)
                let count = Int(min(UInt64(Self.piece), region.size - offset))
                guard let bytes = try fromTrace(view.read(address, count: count)), bytes[...] != Self.zeros[..<count]
                else { continue }
                try onDisk { () throws(Errno) in try file.write(bytes, at: Int64(address.rawValue)) }
            }
        }
    }

    /// Does something with the command's directory or its files.
    private func onDisk<Result: ~Copyable>(_ body: () throws(Errno) -> Result) throws(TimelineError) -> Result {
        do { return try body() } catch {
            let problem = "cannot write the state for '\(command)' to a temporary directory: \(error)"
            throw .cannotJudge(ShellCommand.Failure(description: problem))
        }
    }

    private static let piece: UInt64 = 1 << 16
    private static let zeros = [UInt8](repeating: 0, count: Int(piece))
}

extension FileDescriptor {
    /// Writes all of the bytes from an offset on.
    fileprivate func write(_ bytes: some Sequence<UInt8>, at offset: Int64) throws(Errno) {
        do { _ = try writeAll(toAbsoluteOffset: offset, bytes) } catch { throw error as? Errno ?? .ioError }
    }

    /// Makes the file this long.
    fileprivate func setSize(_ bytes: Int64) throws(Errno) {
        do { try resize(to: bytes) } catch { throw error as? Errno ?? .ioError }
    }
}
