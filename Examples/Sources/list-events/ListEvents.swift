import Glibc
import SystemPackage
import TraceFormat

/// Prints what a trace holds, event by event: `list-events TRACE`.
@main
struct ListEvents {
    static func main() {
        do {
            let reader = try TraceReader(path: FilePath(CommandLine.arguments.dropFirst().first ?? ""))
            var cursor = reader.events()
            while let event = try cursor.next() { print(event) }
            if let loss = reader.loss { print("the rest is lost: \(loss)") }
        } catch {
            print(error)
            exit(EX_DATAERR)
        }
    }
}
