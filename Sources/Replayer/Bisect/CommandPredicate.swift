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
    /// - Throws: ``ShellCommand/Failure`` if the command cannot be run or ends with a status above 127.
    public func holds<View: MachineView>(at moment: Moment, in view: inout View) throws -> Bool? {
        let directory: PrivateDirectory
        do { directory = try PrivateDirectory() } catch {
            throw ShellCommand.Failure(description: "cannot make a temporary directory for '\(command)': \(error)")
        }
        let registers = view.state.fields.map { "\($0.0) \($0.1)\n" }.joined()
        let file = try directory.create("registers")
        _ = try file.closeAfter { try file.writeAll(registers.utf8) }
        try writeMemory(to: directory.create("memory"), &view)
        let status = try ShellCommand(command).run(
            [
                "RR_VM_MOMENT": "\(moment)", "RR_VM_EVENT": "\(moment.event)",
                "RR_VM_RIP": "0x\(String(view.state.rip, radix: 16))",
            ],
            paths: ["RR_VM_TRACE": reader.path, "RR_VM_DIRECTORY": directory.path]
        )
        switch status {
        case 0: return false
        case 125: return nil
        case 1...127: return true
        default: throw ShellCommand.Failure(description: "'\(command)' ended with status \(status) at moment \(moment)")
        }
    }

    private func writeMemory(to file: FileDescriptor, _ view: inout some MachineView) throws {
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
}
