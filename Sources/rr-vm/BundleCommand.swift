import ArgumentParser
import Glibc
import Replayer
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm bundle`.
struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Put all that somebody else needs to look into a run into one archive.",
        discussion: """
            The archive holds the packed trace with its symbols, its report, a text for the issue, and a script that replays \
            the run. A trace holds the guest's memory, and so any secrets in it: see docs/redacting.md.
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The archive to make; it is never overwritten.",
            discussion: "Default: the trace's name with .tar here.",
            valueName: "file"
        )
    )
    var output: FilePath?

    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var confinement: ConfinementOption

    func validate() throws {
        if output?.isEmpty == true { throw ValidationError("--output needs a file") }
    }

    func run() throws {
        let trace = try TraceLocation.resolve(file)
        let target = output ?? FilePath((trace.lastComponent?.stem ?? "run") + ".tar")
        let reader = try TraceLocation.open(trace, symbols: symbols) {
            confinement.keepDirectories(of: [target], machines: nil)
        }
        let packed = target.appendingSuffix(".\(getpid()).rrvm")
        defer { packed.removeFile() }
        do {
            _ = try reader.copy(to: packed, options: TraceCopyOptions(packsTightly: true))
            let size = try write(TraceReader(path: packed), from: packed, to: target)
            StandardError.write(
                "rr-vm: \(target), \(Quantity.bytes(size)): trace, report, text for an issue, replay script"
            )
        } catch {
            throw CommandFailure(any: error)
        }
    }

    /// Writes the archive.
    ///
    /// - Returns: its size in bytes.
    private func write(_ reader: TraceReader, from packed: FilePath, to target: FilePath) throws -> UInt64 {
        guard reader.byteCount <= TarWriter.largestFile else {
            throw CommandFailure(.unavailable, "the trace is larger than the 8 GiB that an archive's entry may have")
        }
        var report = try RunReport(reader)
        report.file = "trace.rrvm"
        if var last = try reader.lastState() {
            try report.look(at: &last.view, moment: last.moment, isAtEnd: last.isAtEnd, in: reader)
        }
        let page = try report.html()
        return try FileSystem.create(target) { archive in
            let tar = TarWriter(file: archive, time: UInt64(clamping: reader.header.creationTime))
            let directory = "rr-vm-run/"
            try tar.add(directory + "issue.md", report.issue)
            try tar.add(directory + "report.html", page)
            try tar.add(directory + "replay.sh", Self.script, isProgram: true)
            try tar.begin(directory + "trace.rrvm", size: reader.byteCount)
            try FileSystem.append(packed, to: archive)
            try tar.end(after: reader.byteCount)
            try tar.finish()
            return UInt64(try archive.seek(offset: 0, from: .current))
        }
    }

    private static let script = """
        #!/bin/sh
        # Replays the recorded run beside this script with rr-vm, and shows its console.
        cd "$(dirname "$0")" || exit 66
        if ! command -v rr-vm >/dev/null; then
            echo "replay.sh: rr-vm is not installed" >&2
            exit 69
        fi
        exec rr-vm replay --console "$@" trace.rrvm

        """
}
