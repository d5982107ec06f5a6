import ArgumentParser
import Engines
import GDBStub
import Glibc
import RecordingDebugger
import SystemPackage
import TraceFormat

/// `rr-vm gdbserver`.
struct GDBServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gdbserver",
        abstract: "Let gdb, or another client of its remote protocol, debug a recording.",
        discussion: """
            Serves one client and ends with it. In gdb: target extended-remote localhost:1234. See docs/debugging.md.
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(
        help: ArgumentHelp("Wait at this port of the local host; 0 takes a free one. Default: 1234.", valueName: "port")
    )
    var port: UInt16?

    @Option(help: ArgumentHelp("Wait at a Unix socket, which is made.", valueName: "path"))
    var socket: FilePath?

    @Flag(help: "Take standard input and output as the connection, for gdb's target remote | command.")
    var stdio = false

    @OptionGroup var debug: DebugOptions

    func validate() throws {
        guard [port != nil, socket != nil, stdio].filter(\.self).count <= 1 else {
            throw ValidationError("give one of --port, --socket and --stdio")
        }
    }

    func run() throws {
        // A client that is gone is noticed by the error.
        signal(SIGPIPE, SIG_IGN)
        do {
            let listener = stdio ? nil : try DebugListener(socket.map { .file($0) } ?? .port(port ?? Self.usualPort))
            defer { listener?.remove() }
            let reader = try TraceLocation.open(file, replaying: true, with: debug.options, symbols: debug.symbols) {
                // Software may turn out not to be able to execute the guest.
                debug.confinement.keepConnections(
                    at: socket,
                    machines: debug.engine == .soft ? .soft : .kvm
                )
            }
            let service = DebugService(reader: reader, options: debug) {
                guard let listener else { return DescriptorChannel(input: 0, output: 1) }
                return try listener.accept()
            }
            try service.perform()
        } catch {
            throw CommandFailure(any: error)
        }
    }

    private static let usualPort: UInt16 = 1234
}
