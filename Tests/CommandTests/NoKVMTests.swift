import EndToEnd
import Testing

/// Hosts that have no KVM, or do not give it.
@Suite(.needsMounts) struct NoKVMTests {
    @Test(arguments: [("mount -t tmpfs none /dev", "/dev/kvm"), ("mount --bind /dev/null /dev/kvm", "/dev/kvm")])
    func commandsThatNeedItSayWhatToDo(mount: String, says: String) throws {
        for command in ["record", "run"] {
            let directory = try TemporaryDirectory()
            try directory.add("hello")
            let line = "\(mount); exec \"$0\" \(command) hello.bin --flat </proc/self/fd/0"
            let result = try Command.shell("exec unshare --mount bash -c '\(line)' \"$0\"", in: directory)
            #expect(result.status == 69, "\(result)")
            #expect(result.messageLines.count == 1, "\(result.messages)")
            #expect(result.messages.contains(says))
            #expect(try directory.names == ["hello.bin"])
        }
    }

    @Test(.needsKVM) func userWhoMayNotOpenItIsToldHow() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        try directory.record("hello")

        let result = try Command.shell(
            "chmod 755 .; cp \"$0\" own; chmod 755 own; exec unshare --mount bash -c 'chmod 755 .; mount --bind /dev /dev;"
                + " exec setpriv --reuid 65534 --regid 65534 --clear-groups ./own run hello.bin --flat'",
            in: directory
        )

        #expect(result.status == 69, "\(result)")
        #expect(result.messageLines.count == 1, "\(result.messages)")
        #expect(result.messages.contains("/dev/kvm"), "\(result.messages)")
    }

    @Test(.needsKVM) func readingATraceNeedsNone() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        for command in ["info", "events"] {
            let result = try Command.shell(
                "exec unshare --mount bash -c 'mount --bind /dev/null /dev/kvm; exec \"$0\" \(command) trace.rrvm' \"$0\"",
                in: directory
            )
            #expect(result.status == 0, "\(result)")
        }
    }
}
