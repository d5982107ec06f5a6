import ArgumentParser
import Glibc
import TraceFormat

/// The root of the command line.
@main
struct RRVM: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rr-vm",
        abstract: "Record one run of a virtual machine under KVM, and replay it bit for bit.",
        discussion: """
            Exit status: 0 success; 1 the replay or check found a difference; 64 wrong usage; 65 bad data; 66 an input is \
            missing; 69 not possible on this host; 70 a bug in rr-vm; 73 cannot create a file; 74 input or output failed.
            """,
        version: Version.text,
        subcommands: [
            DoctorCommand.self, ExampleCommand.self, RunCommand.self, RecordCommand.self, ReplayCommand.self,
            VerifyCommand.self,
            CheckCommand.self,
            ListCommand.self, InfoCommand.self, EventsCommand.self, ReportCommand.self,
            InspectCommand.self, BisectCommand.self, DebugCommand.self, GDBServerCommand.self, LastWriteCommand.self,
            WatchCommand.self, OriginCommand.self, TraceCommand.self, MinimizeCommand.self,
            DiffCommand.self, ExportCommand.self, BundleCommand.self, PackCommand.self, RepairCommand.self,
            RedactCommand.self, UserNetworkCommand.self,
        ]
    )

    static func main() {
        let words = CommandArguments.all
        Interruption.prepare(for: words.first)
        // Past the file-size limit, a write must fail instead of ending the process, so that the trace can be ended
        // well.
        signal(SIGXFSZ, SIG_IGN)
        var arguments = words
        do {
            try OpenFileLimit.require()
            if let word = words.first,
                let refusal = CommandName.refusal(of: word, commands: configuration.subcommands)
            {
                throw CommandFailure(.usage, refusal)
            }
            arguments = try TenderArguments.translated(words)
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch let failure as CommandFailure {
            StandardError.print("rr-vm: \(failure.message)")
            failure.status.exit()
        } catch {
            end(error, arguments)
        }
    }

    /// Shows what is wrong with a command line, or the help that it asked for, and exits.
    private static func end(_ error: any Error, _ arguments: [String]) -> Never {
        let status = exitCode(for: error).rawValue
        var message = fullMessage(for: error)
        // The message has several lines and may quote the command line. Parsing the escaped words again gives the same
        // message without control characters in it.
        if arguments.contains(where: { $0.printable != $0 }) {
            do { _ = try parseAsRoot(arguments.map(\.printable)) } catch { message = fullMessage(for: error) }
        }
        guard !message.isEmpty else { Glibc.exit(status) }
        // Every error begins with the program's name.
        if message.hasPrefix("Error: ") { message = "rr-vm: " + message.dropFirst("Error: ".count) }
        if status == 0 {
            try? StandardOutput.print(message)
        } else {
            StandardError.print(message)
        }
        Glibc.exit(status)
    }
}
