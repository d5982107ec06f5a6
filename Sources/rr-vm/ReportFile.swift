import Glibc
import Reports
import SystemPackage
import TraceFormat

/// A file that a report is written to. Another report of the same name is replaced; any other file is kept.
struct ReportFile {
    let path: FilePath

    /// Fails if the report would replace something else.
    func checkIsFree() throws(CommandFailure) {
        guard FileSystem.exists(path) else { return }
        let first = FileSystem.beginning(of: path, count: RunReport.firstLine.utf8.count)
        guard first.map({ Array(RunReport.firstLine.utf8) == $0 }) ?? false else {
            throw CommandFailure(
                .cannotCreate,
                "\(path) exists already and is not a report: choose another name with -o"
            )
        }
    }

    /// Writes the report beside its place and then puts it there, so that no half of one is ever found.
    func write(_ text: String) throws(CommandFailure) {
        let temporary = path.appendingSuffix(".\(getpid())")
        do {
            let file = try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite]
            )
            do {
                try file.closeAfter { _ = try file.writeAll(text.utf8) }
            } catch {
                temporary.removeFile()
                throw error
            }
        } catch {
            throw CommandFailure(.cannotCreate, "cannot write \(path): \(error)")
        }
        guard FileSystem.rename(temporary, to: path) else {
            let error = Errno(rawValue: errno)
            temporary.removeFile()
            throw CommandFailure(.cannotCreate, "cannot write \(path): \(error)")
        }
    }
}
