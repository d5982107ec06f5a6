import ArgumentParser
import Confinement
import Engines
import Glibc
import SystemPackage

/// Whether a command gives up the rights that it does not need. A failure here never stops the command: if the kernel
/// lacks one layer, the other still applies, and if the kernel refuses, a note says so.
struct ConfinementOption: ParsableArguments {
    @Flag(
        name: .customLong("no-confine"),
        help: ArgumentHelp(
            "Keep all rights of this process, to debug rr-vm itself.",
            discussion: "See docs/confinement.md."
        )
    )
    var isOff = false

    /// Keeps only what is already open. Call this before anything but the first bytes of a trace is read.
    ///
    /// - Parameter engine: the engine that the command will make virtual machines with; nil if it makes none.
    func keepOpenFiles(machines engine: EngineChoice?) {
        enter(directories: [], machines: engine) { try Confinement.limitSystemCalls() }
    }

    /// Keeps what is open, lets clients connect at sockets that listen already, and keeps access to the directory of a
    /// socket's name, which is removed at the end.
    func keepConnections(at socket: FilePath?, machines engine: EngineChoice) {
        enter(directories: [socket].compactMap { $0?.directory }, machines: engine) {
            try Confinement.limitSystemCalls(keeping: .connections)
        }
    }

    /// Keeps what the network of a guest needs: sockets of the Internet, and the files that say who resolves names.
    func keepNetwork() {
        guard !isOff else { return }
        Self.noting {
            try Confinement.limitFilesOfNetwork(to: ["/etc"] + Self.directoryOfResolver)
            try Confinement.limitSystemCalls(keeping: [.files, .internet])
        }
    }

    /// Where /etc/resolv.conf really is, if that is somewhere else.
    private static var directoryOfResolver: [FilePath] {
        // SAFETY: realpath returns nil or a string that is freed here, after it has been copied.
        guard let path = unsafe realpath("/etc/resolv.conf", nil) else { return [] }
        defer { unsafe free(path) }
        return [FilePath(unsafe String(cString: path)).directory]
    }

    /// Keeps what is open, and access to the directories of these files.
    func keepDirectories(of files: [FilePath], machines engine: EngineChoice?) {
        enter(directories: files.map(\.directory), machines: engine) {
            try Confinement.limitSystemCalls(keeping: .files)
        }
    }

    /// Keeps access to the directories of these files until the returned closure is called, and after that only what is
    /// open.
    ///
    /// - Parameter opensLater: whether files are opened after that call too.
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
            // The command will report what is wrong with the directory when it creates its file there.
        } catch {
            StandardError.write("rr-vm: note: this process keeps rights that it does not need: \(error)")
        }
    }
}

extension FilePath {
    /// The directory that contains a file.
    fileprivate var directory: FilePath {
        let directory = removingLastComponent()
        return directory.isEmpty ? "." : directory
    }
}
