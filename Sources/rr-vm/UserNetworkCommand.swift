import ArgumentParser
import Confinement
import Glibc
import Recorder

/// `rr-vm user-network`: the process behind `--net user`. It serves the guest at the other end of its standard input.
struct UserNetworkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user-network",
        abstract: "Be the network of one guest; 'record --net user' starts this.",
        shouldDisplay: false
    )

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        var type: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        // SAFETY: the call fills only the number that it is lent, whose size it is told.
        guard unsafe getsockopt(STDIN_FILENO, SOL_SOCKET, SO_TYPE, &type, &size) == 0 else {
            throw CommandFailure(.usage, "standard input must be a socket: use 'rr-vm record --net user'")
        }
        let network: UserNetwork
        do { network = try UserNetwork(connected: STDIN_FILENO) } catch {
            throw CommandFailure(.software, "no network: \(error)")
        }
        // A server that hangs up must not end the network.
        signal(SIGPIPE, SIG_IGN)
        confinement.keepNetwork()
        network.serve()
    }
}
