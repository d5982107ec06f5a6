import EndToEnd
import Testing

/// Hosts that have no KVM, or do not give it.
@Suite(.needsMounts) struct NoKVMTests {
    private static let hidings = [
        ("mount -t tmpfs none /dev", "open (/dev/kvm): ENOENT: No such file or directory; load the kvm_intel"),
        (
            "mount --bind /dev/null /dev/kvm",
            "KVM_GET_API_VERSION (/dev/kvm): ENOTTY: Inappropriate ioctl for device; the file of that name is not KVM"
        ),
    ]

    @Test(
        arguments: [
            "record hello.bin --flat", "run hello.bin --flat", "run hello.bin --flat --cpu host", "replay hello.rrvm",
            "verify hello.rrvm", "verify hello.rrvm --jobs 2", "check hello.rrvm", "inspect hello.rrvm",
            "bisect hello.rrvm --when \"rip == 0\"", "last-write hello.rrvm 0x500",
        ].map { "\($0) --engine kvm" } + ["doctor"],
        hidings
    )
    func commandsThatNeedItSayWhatToDo(command: String, hiding: (mount: String, says: String)) throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        try directory.addCommittedTrace("hello.rrvm")

        let line = "\(hiding.mount); exec \"$0\" \(command) </proc/self/fd/0"
        let result = try Command.shell("exec unshare --mount bash -c '\(line)' \"$0\"", in: directory)

        #expect(result.status == 69, "\(result)")
        #expect(result.messages.contains(hiding.says), "\(result.messages)")
        #expect(result.output.isEmpty)
        #expect(try directory.names == ["hello.bin", "hello.rrvm"])
    }

    @Test(
        arguments: [
            "record hello.bin --flat", "run hello.bin --flat", "run hello.bin --flat --cpu host", "replay hello.rrvm",
            "verify hello.rrvm", "verify hello.rrvm --jobs 2", "check hello.rrvm", "inspect hello.rrvm",
            "bisect hello.rrvm --when \"rip != 0\"", "watch hello.rrvm 0x500", "last-write hello.rrvm 0x500",
        ],
        hidings
    )
    func softwareDoesWithoutIt(command: String, hiding: (mount: String, says: String)) throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        try directory.addCommittedTrace("hello.rrvm")

        let line = "\(hiding.mount); exec \"$0\" \(command) </proc/self/fd/0"
        let result = try Command.shell("exec unshare --mount bash -c '\(line)' \"$0\"", in: directory)

        let note = "rr-vm: note: software executes the guest, because KVM cannot: \(hiding.says)"
        #expect(result.status == 0, "\(result)")
        #expect(result.messages.ranges(of: "rr-vm: note: software").count == 1, "\(result.messages)")
        #expect(result.messages.contains(note), "\(result.messages)")
    }

    /// Software is not preferred there: there is nothing else, and a divergence is the answer.
    @Test(.needsKVM) func aQuestionIsNotPassedOnToKVM() throws {
        let directory = try TemporaryDirectory()
        try directory.record("self-trace")

        let result = try Command.shell(
            "exec unshare --mount bash -c 'mount --bind /dev/null /dev/kvm; exec \"$0\" last-write trace.rrvm 0x7bf0' \"$0\"",
            in: directory
        )

        #expect(result.messages.ranges(of: "rr-vm: note: software").count == 1, "\(result.messages)")
        #expect(!result.messages.contains("KVM executes the guest"), "\(result.messages)")
        #expect([0, 1].contains(result.status), "\(result)")
    }

    @Test(.needsKVM) func userWhoMayNotOpenItIsToldHow() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        try directory.record("hello")

        let result = try Command.shell(
            "chmod 755 .; cp \"$0\" own; chmod 755 own; exec unshare --mount bash -c 'chmod 755 .; mount --bind /dev /dev;"
                + " exec setpriv --reuid 65534 --regid 65534 --clear-groups ./own run hello.bin --flat --engine kvm'",
            in: directory
        )

        #expect(result.status == 69, "\(result)")
        #expect(result.messageLines.count == 1, "\(result.messages)")
        #expect(
            result.messages.hasPrefix(
                "rr-vm: open (/dev/kvm): EACCES: Permission denied; run as root or join the group"
            ),
            "\(result.messages)"
        )
    }

    @Test(
        arguments: [
            "info", "info --check", "events", "diff hello.rrvm", "pack -o packed.rrvm", "repair -o repaired.rrvm",
        ]
    )
    func readingATraceNeedsNone(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("hello.rrvm")

        let result = try Command.shell(
            "exec unshare --mount bash -c 'mount --bind /dev/null /dev/kvm; exec \"$0\" \(command) hello.rrvm' \"$0\"",
            in: directory
        )

        #expect(result.status == 0, "\(result)")
    }

    @Test func demoWorksWithoutItToo() throws {
        let result = try Command.shell(
            """
            exec unshare --mount bash -c 'mount --bind /dev/null /dev/kvm; exec "$1" --built "$0"' "$0" \
                \(Checkout.root)/Scripts/demo.sh
            """,
            in: TemporaryDirectory()
        )

        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("There is a /dev/kvm, but it cannot be used:"), "\(result.output)")
        #expect(result.output.contains("Until then, software executes the guests."), "\(result.output)")
        #expect(
            result.output.contains("rr-vm: stopped when the console showed 'No bootable device'"),
            "\(result.output)"
        )
        #expect(result.output.contains("equal to the recording"), "\(result.output)")
        #expect(result.output.contains("epochs jumped          0\ndivergences            0\n"), "\(result.output)")
        #expect(result.messages.isEmpty)
    }
}
