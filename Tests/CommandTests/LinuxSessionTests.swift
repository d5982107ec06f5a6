import EndToEnd
import Foundation
import Testing

/// Debian's kernel with busybox, from power-on to power-off, in software: a session at its shell, recorded, and replayed twice
/// with everything compared.
@Suite(.slow, .enabled("needs Debian's linux-image-cloud-amd64, busybox-static and cpio") { LinuxGuest.canBeMade })
struct LinuxSessionTests {
    @Test func sessionAtAShellReplaysEqual() throws {
        let directory = try TemporaryDirectory()
        let made = try LinuxGuest.makeDisk(in: directory)
        try #require(made.status == 0, "\(made.messages)")
        try directory.write(Array(Self.script.utf8), to: "script")
        let kernel = try #require(LinuxGuest.kernel)

        let recording = try Command(
            ["record", kernel, "--initrd", "root.cpio", "--append", "console=ttyS0 quiet", "--memory", "256M"]
                + ["--engine", "soft", "--input-script", "script", "-o", "trace.rrvm", "--max-time", "1200"],
            in: directory
        ).wait()

        #expect(recording.status == 0, "\(recording.messages)")
        #expect(recording.messages.contains("the guest powered off"), "\(recording.messages)")
        for shown in ["can't fork", "Segmentation fault", "Power down"] {
            #expect(recording.output.contains(shown), "\(shown): \(recording.output)")
        }
        let own = try Command.shell("sha256sum /bin/busybox", in: directory)
        #expect(recording.output.contains(own.output.prefix(64)), "\(recording.output)")
        let verification = try Command.run("verify", "trace.rrvm", "--repeat", "2", in: directory)
        #expect(verification.status == 0, "\(verification.messages)")
        #expect(verification.output.contains("epochs jumped          0"), "\(verification.output)")
        #expect(verification.output.contains("divergences            0"), "\(verification.output)")
        let replay = try Command.run("replay", "trace.rrvm", "--console", in: directory)
        #expect(replay.output == recording.output)
    }

    @Test func withoutAnEngineTheHostDecidesAndSaysSo() throws {
        let directory = try TemporaryDirectory()
        let kernel = try #require(LinuxGuest.kernel)

        let recording = try Command(
            ["record", kernel, "--append", "console=ttyS0", "--until", "Linux version", "-o", "trace.rrvm"]
                + ["--max-time", "600"],
            in: directory
        ).wait()

        #expect(recording.messages.contains("stopped when the console showed"), "\(recording.messages)")
        let info = try Command.run("info", "trace.rrvm", in: directory)
        let isSoftware = recording.messages.contains("note: software executes the guest")
        #expect(info.output.contains("engine              \(isSoftware ? "software" : "kvm")"), "\(info.output)")
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    /// A distribution as it is: its kernel for every machine, its own initial RAM disk, systemd, and programs that are linked
    /// dynamically, whose loader reads the time-stamp counter.
    @Test(.enabled("needs Debian's linux-image-amd64, debootstrap and root") { LinuxGuest.debianCanBeMade })
    func aDebianOnADiskUpToItsLoginReplaysEqual() throws {
        let directory = try TemporaryDirectory()
        let made = try LinuxGuest.makeDebian(in: directory)
        try #require(made.status == 0, "\(made.messages)")
        try directory.write(Array("expect login:\nsend root\\r\nexpect ~#\nsend poweroff\\r\n".utf8), to: "script")
        let (kernel, disk) = try #require(LinuxGuest.fullKernel)

        let recording = try Command(
            [
                "record", kernel, "--initrd", disk, "--append", "console=ttyS0 root=/dev/vda rw quiet", "--memory",
                "512M",
            ]
                + ["--drive", "root.img,if=virtio", "--engine", "soft", "--input-script", "script"]
                + ["-o", "trace.rrvm", "--max-time", "1200"],
            in: directory
        ).wait()

        #expect(recording.status == 0, "\(recording.messages)")
        #expect(recording.messages.contains("the guest powered off"), "\(recording.messages)")
        #expect(!recording.output.contains("general protection"), "\(recording.output)")
        let verification = try Command.run("verify", "trace.rrvm", "--repeat", "2", in: directory)
        #expect(verification.status == 0, "\(verification.messages)")
        #expect(verification.output.contains("divergences            0"), "\(verification.output)")
    }

    /// A digest, a pipe, more processes than a user may have, an access to address 0, and a sleep. Each line waits for what the
    /// guest shows, which the echo of a typed line does not contain.
    private static let script = #"""
        expect / #
        send sha256sum /bin/busybox\r
        expect \n/ #
        send cat /proc/cpuinfo | grep -c vendor_id\r
        expect \n1\r
        expect / #
        send su nobody -s /bin/sh -c 'ulimit -p 30; b() { b | b & }; b'\r
        expect can't fork
        send \r
        expect / #
        send su nobody -s /bin/sh -c 'kill -9 -1'; echo calm$((2*2))\r
        expect calm4\r
        expect / #
        send crash\r
        expect Segmentation fault
        expect / #
        send sleep 1; echo slept$((3*3))\r
        expect slept9\r
        expect / #
        send poweroff -f\r
        """#
}
