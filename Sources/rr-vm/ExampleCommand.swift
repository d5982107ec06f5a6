import ArgumentParser
import ExampleGuests
import SystemPackage

/// `rr-vm example`.
struct ExampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "example",
        abstract: "Write a guest that comes with this program, to try the other commands with.",
        discussion: """
            racy: the main loop and a timer's handler add to one counter, and now and then an addition is lost. README.md \
            finds out why.
            """
    )

    /// The guests.
    enum Name: String, CaseIterable, ExpressibleByArgument {
        case racy

        /// The guest's file.
        fileprivate var content: [UInt8] {
            switch self {
            case .racy:
                // SAFETY: both symbols belong to one array of constant data, and the size is the distance between them.
                unsafe Array(UnsafeBufferPointer(start: example_racy_data(), count: example_racy_size()))
            }
        }
    }

    @Argument(help: "The guest: racy.")
    var name: Name

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The file to write; it is never overwritten.", valueName: "file")
    )
    var output: FilePath?

    func run() throws {
        let path = output ?? FilePath("\(name.rawValue).elf")
        let file = try FileSystem.create(path)
        do {
            try file.closeAfter { _ = try file.writeAll(name.content) }
        } catch {
            throw CommandFailure(.cannotCreate, "cannot create \(path): \(error)")
        }
        StandardError.write(
            "rr-vm: \(path) is a guest: 'rr-vm record --until-failure \(path)' records it until it fails"
        )
    }
}
