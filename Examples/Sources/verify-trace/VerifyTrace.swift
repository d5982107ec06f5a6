import Glibc
import KVMEngine
import Replayer
import SystemPackage
import TraceFormat

/// Replays a trace on this host and says whether it is what was recorded: `verify-trace TRACE`.
@main
struct VerifyTrace {
    static func main() {
        do {
            let reader = try TraceReader(path: FilePath(CommandLine.arguments.dropFirst().first ?? ""))
            var session = try ReplaySession<KVMProcessor>(reader)
            switch try session.run() {
            case .success(let report): print("\(report.events) events replayed, equal to the recording")
            case .failure(let divergence):
                print(divergence)
                exit(EXIT_FAILURE)
            }
        } catch {
            print(error)
            exit(EX_UNAVAILABLE)
        }
    }
}
