import ArgumentParser
import Confinement
import Engines
import Glibc
import SystemPackage

/// Whether a command gives up the rights that it does not need. Nothing here keeps a command from its work: where the kernel
/// lacks a layer, the other holds, and where it refuses, a note says so.
struct ConfinementOption: ParsableArguments {
    @Flag(
        name: .customLong("no-confine"),
        help: ArgumentHelp(
            "Keep all rights of this process: to look at rr-vm itself with a debugger.",
            discussion: "See docs/confinement.md."
        )
    )
    var isOff = false

    /// Keeps what is open and nothing else. To be called before anything of a trace is read but its first bytes.
    ///
    /// - Parameter engine: what the command will make virtual machines with, if it will.
    func keepOpenFiles(machines engine: EngineChoice?) {
        enter(directories: [], machines: engine) { try Confinement.limitSystemCalls() }
    }

    /// Keeps what is open, and the right to files in the directories of these files.
    func keepDirectories(of files: [FilePath], machines engine: EngineChoice?) {
        enter(directories: files.map(\.directory), machines: engine) {
            try Confinement.limitSystemCalls(keeping: .files)
        }
    }

    /// Keeps the right to files in the directories of these files now, and, once what is to be called then is called, only
    /// that to what is open.
    ///
    /// - Parameter opensLater: whether files are opened behind that call too.
    func untilOpen(
        directoriesOf files: [FilePath],
        machines engine: EngineChoice,
        opensLater: Bool = false
    ) -> @Sendable () -> Void {
        guard !isOff else { return {} }
        enter(directories: files.map(\.directory), machines: engine) {}
        return {
            Self.noting { try Confinement.limitSystemCalls(keeping: opensLater ? .files : []) }
        }
    }

    private func enter(directories: [FilePath], machines engine: EngineChoice?, then body: () throws -> Void) {
        guard !isOff else { return }
        engine?.keepHostOpen()
        // Reads the time zone's file, for the dates that a command may show.
        tzset()
        Self.noting {
            try Confinement.limitFiles(to: directories)
            try body()
        }
    }

    private static func noting(_ body: () throws -> Void) {
        do {
            try body()
        } catch ConfinementError.directory {
            // The command will say what is wrong with it when it makes its file there.
        } catch {
            StandardError.write("rr-vm: note: this process keeps rights that it does not need: \(error)")
        }
    }
}

extension FilePath {
    /// The directory that a file is in.
    fileprivate var directory: FilePath {
        let directory = removingLastComponent()
        return directory.isEmpty ? "." : directory
    }
}
