import ArgumentParser
import Glibc

/// The root of the command line.
@main
struct RRVM: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rr-vm",
        abstract: "Record one run of a virtual machine under KVM, and replay it bit for bit.",
        discussion: """
            Exit status: 0 done; 1 the replay or check found a difference; 64 usage; 65 bad data; 66 no such input; \
            69 this host cannot; 70 a bug of rr-vm; 73 cannot create; 74 input or output failed.
            """,
        version: Version.text,
        subcommands: [
            DoctorCommand.self, RunCommand.self, RecordCommand.self, ReplayCommand.self, VerifyCommand.self,
            CheckCommand.self,
            InfoCommand.self, EventsCommand.self,
            InspectCommand.self, BisectCommand.self, LastWriteCommand.self, WatchCommand.self, MinimizeCommand.self,
            DiffCommand.self, PackCommand.self, RepairCommand.self, RedactCommand.self,
        ]
    )

    static func main() {
        // A file that may not grow any more is an error of the write, so that the trace ends well.
        signal(SIGXFSZ, SIG_IGN)
        do {
            try OpenFileLimit.require()
            let arguments = try TenderArguments.translated(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch let failure as CommandFailure {
            StandardError.write("rr-vm: \(failure.message)")
            failure.status.exit()
        } catch {
            exit(withError: error)
        }
    }
}
