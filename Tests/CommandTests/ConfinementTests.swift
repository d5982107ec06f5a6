import Confinement
import EndToEnd
import Foundation
import SystemPackage
import Testing

/// Rights that a process has given up are gone.
@Suite struct ConfinementTests {
    @Test(
        arguments: [
            "open", "connect", "network", "exec", "fork", "mount", "chroot", "signal-parent", "new-code", "type",
        ]
    )
    func filterStopsACallThatIsNotOnItsList(call: String) throws {
        #expect(try confined("calls", call) == "EPERM")
    }

    @Test(arguments: ["memory", "thread", "signal-self"])
    func filterLetsThroughWhatARunNeeds(call: String) throws {
        #expect(try confined("calls", call) == "done")
    }

    @Test func filterThatKeepsFilesLetsThemBeOpenedAndNothingElse() throws {
        #expect(try confined("calls-files", "open") == "done")
        #expect(try confined("calls-files", "exec") == "EPERM")
        #expect(try confined("calls-files", "connect") == "EPERM")
    }

    @Test func filterThatKeepsTheInternetLetsOnlyItsSocketsBeMade() throws {
        #expect(try confined("calls-internet", "network") == "done")
        #expect(try confined("calls-internet", "connect") == "EPERM")
        #expect(try confined("calls-internet", "exec") == "EPERM")
        #expect(try confined("calls-internet", "open") == "EPERM")
    }

    @Test(.needsLandlock) func landlockOfANetworkLetsFilesBeReadOnly() throws {
        let directory = try TemporaryDirectory()
        _ = try Command.shell("mkdir inside && touch inside/old", in: directory)
        let inside = directory.file("inside").string

        #expect(try confined("files-network", "read", inside) == "done")
        #expect(try confined("files-network", "make", inside) == "EACCES")
        #expect(try confined("files-network", "open", inside) == "EACCES")
    }

    @Test(.needsLandlock) func landlockKeepsFilesOutsideADirectoryAway() throws {
        let directory = try TemporaryDirectory()
        _ = try Command.shell("mkdir inside && touch inside/old", in: directory)
        let inside = directory.file("inside").string

        #expect(try confined("files", "make", inside) == "done")
        #expect(try confined("files", "make-elsewhere", inside) == "EACCES")
        #expect(try confined("files", "rename-elsewhere", inside) != "done")
        #expect(try confined("files", "open", inside) == "EACCES")
        #expect(try Command.shell("ls inside", in: directory).output == "made\nold\n")
    }

    @Test(
        .needsKVM,
        .needsTracing,
        arguments: ["record hello.bin --flat --at 31744 -o t.rrvm", "replay trace.rrvm", "info trace.rrvm"]
    )
    func commandOpensAndStartsNothingBehindItsFilter(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.shell("strace -f -o calls \"$0\" \(command)", in: directory)

        #expect(result.status == 0, "\(result)")
        let calls = String(decoding: try directory.read("calls"), as: UTF8.self).split(separator: "\n")
        // strace splits a call during which another thread makes one: the second line has the result and no arguments.
        let filter = try #require(
            calls.lastIndex {
                $0.hasSuffix("= 0") && ($0.contains("FILTER_FLAG_TSYNC") || $0.contains("<... seccomp resumed>"))
            }
        )
        let behind = calls[(filter + 1)...]
        #expect(behind.count > 10)
        #expect(behind.filter { $0.contains(#/ (open|openat|connect|execve|ptrace|socket)\(/#) } == [])
    }

    @Test(.needsKVM, .needsTracing) func allRightsAreKeptWhereThatIsAskedFor() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.shell("strace -f -o calls \"$0\" replay trace.rrvm --no-confine", in: directory)

        #expect(result.status == 0, "\(result)")
        #expect(!String(decoding: try directory.read("calls"), as: UTF8.self).contains("seccomp("))
    }

    @Test(.needsKVM) func doctorSaysWhetherConfinementHoldsHere() throws {
        let result = try Command.run("doctor", in: TemporaryDirectory())

        #expect(result.output.contains(#/confinement +system calls limited/#))
    }

    private func confined(_ arguments: String...) throws -> String {
        let line = "\"${0%rr-vm}confined-call\" \(arguments.joined(separator: " "))"
        let result = try Command.shell(line, in: TemporaryDirectory())
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension Trait where Self == ConditionTrait {
    fileprivate static var needsLandlock: Self {
        .enabled("needs Landlock in the kernel") { Confinement.canLimitFiles }
    }

    /// Skips a test where no strace can look at a process.
    fileprivate static var needsTracing: Self {
        .enabled("needs strace, and the right to use it") {
            try Command.shell("strace -o /dev/null true", in: TemporaryDirectory()).status == 0
        }
    }
}
