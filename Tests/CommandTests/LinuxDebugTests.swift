import EndToEnd
import Foundation
import Testing

/// What Debian's drgn and gdb find in a recorded Linux kernel, by the kernel's debug information.
@Suite(
    .slow,
    .enabled("needs Debian's linux-image-cloud-amd64 with its -dbg, busybox-static, cpio, gdb and python3-drgn") {
        LinuxGuest.canBeMade && LinuxGuest.debugSymbols != nil
            && ["/usr/bin/drgn", "/usr/bin/gdb"].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }
)
struct LinuxDebugTests {
    @Test func drgnListsTheTasksOfTwoMomentsAndGDBTheCallsThatLedToTheEnd() throws {
        let directory = try TemporaryDirectory()
        let symbols = try #require(LinuxGuest.debugSymbols)
        try record(in: directory)

        var lists: [String] = []
        for moment in ["console:asleep4", "end"] {
            let export = try Command.run("export", "core", "trace.rrvm", "--at", moment, "-o", "core", in: directory)
            #expect(export.messages.hasSuffix(", with Linux's notes for crash and drgn\n"), "\(export)")
            let list = try Command.shell("/usr/bin/drgn -q -c core -s '\(symbols)' tasks.py && rm core", in: directory)
            #expect(list.status == 0, "\(list)")
            lists.append(list.output)
        }
        let place = try Command.run("inspect", "trace.rrvm", "--disasm", "1", "--symbols", symbols, in: directory)
        let calls = try Command.run(
            "debug",
            "trace.rrvm",
            "--at",
            "end",
            "--",
            "-nx",
            "-batch",
            "-ex",
            "bt",
            symbols,
            in: directory
        )

        #expect(lists[0].contains("task sleep\n") && !lists[0].contains("task poweroff\n"), "\(lists[0])")
        #expect(lists[1].contains("task poweroff\n") && !lists[1].contains("task sleep\n"), "\(lists[1])")
        #expect(lists.allSatisfy { $0.contains("task kswapd0\n") })
        #expect(place.output.contains(" at drivers/acpi/osl.c:"), "\(place)")
        #expect(calls.output.contains(") at kernel/reboot.c:"), "\(calls)")
        #expect(calls.output.contains("do_syscall_64 ("), "\(calls)")
    }

    private func record(in directory: borrowing TemporaryDirectory) throws {
        let kernel = try #require(LinuxGuest.kernel)
        let made = try LinuxGuest.makeDisk(in: directory)
        try #require(made.status == 0, "\(made.messages)")
        try directory.write(Array(Self.script.utf8), to: "script")
        try directory.write(Array(Self.tasks.utf8), to: "tasks.py")
        let recording = try Command(
            ["record", kernel, "--initrd", "root.cpio", "--append", "console=ttyS0 quiet", "--memory", "256M"]
                + ["--engine", "soft", "--input-script", "script", "-o", "trace.rrvm", "--max-time", "1200"],
            in: directory
        ).wait()
        try #require(recording.status == 0, "\(recording.messages)")
    }

    private static let script = #"""
        expect / #
        send sleep 1000 & sleep 1; echo asleep$((2*2))\r
        expect asleep4
        expect / #
        send kill %1; poweroff -f\r
        """#

    private static let tasks = """
        from drgn.helpers.linux.pid import for_each_task
        for task in for_each_task(prog):
            print("task", task.comm.string_().decode())

        """
}
