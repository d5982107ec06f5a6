import EndToEnd
import Foundation
import SystemPackage
import Testing

/// Guests as people have them, from Debian's packages: each is recorded, and replayed twice with everything compared.
@Suite(.needsKVM, .slow, .serialized) struct RealGuestTests {
    @Test(.enabled("needs Debian's syslinux-common") { exists("/usr/lib/syslinux/mbr/mbr.bin") })
    func masterBootRecord() throws {
        try check("mbr", ["--until", "Missing operating system"])
    }

    @Test(.enabled("needs Debian's syslinux and mtools") { exists("/usr/bin/syslinux") && exists("/usr/bin/mcopy") })
    func syslinuxToItsPrompt() throws {
        try check("syslinux", ["--until", "boot:"])
    }

    @Test(.enabled("needs Debian's grub-pc-bin and grub-common") { exists("/usr/lib/grub/i386-pc/boot.img") })
    func grubToItsMenuAndACommand() throws {
        try check(
            "grub",
            ["--until", "hi_grub"],
            script: "expect first\nsend c\nexpect grub>\nsend echo hi_grub\\r\n"
        )
    }

    @Test(.enabled("needs Debian's memtest86+") { exists("/boot/memtest86+x64.bin") })
    func memtestToItsFirstTest() throws {
        try check("memtest", ["--append", "console=ttyS0,115200", "--until", "#0  [Address test"])
    }

    @Test(.enabled("needs Debian's linux-image-cloud-amd64") { hasCloudKernel })
    func linuxAsFarAsItsSpeculationChecks() throws {
        let line = "console=uart8250,io,0x3f8 earlyprintk=ttyS0"
        try check("linux", ["--memory", "256M", "--append", line, "--until", "Speculative Store Bypass"])
    }

    /// Makes a guest, records it until the console shows the text that it is to show, and verifies the trace.
    private func check(_ name: String, _ options: [String], script: String? = nil) throws {
        let directory = try TemporaryDirectory()
        let made = try Command.shell("'\(Self.maker)' \(name) \(name).img", in: directory)
        try #require(made.status == 0, "\(made.messages)")
        var arguments = ["record", "\(name).img", "-o", "trace.rrvm", "--max-time", "1200"] + options
        if let script {
            try directory.write(Array(script.utf8), to: "script")
            arguments += ["--input-script", "script"]
        }

        let recording = try Command(arguments, in: directory).wait()

        #expect(recording.status == 0, "\(recording.messages)")
        #expect(recording.messages.contains("stopped when the console showed"), "\(recording.messages)")
        let verification = try Command.run("verify", "trace.rrvm", "--repeat", "2", in: directory)
        #expect(verification.status == 0, "\(verification.messages)")
        #expect(verification.output.contains("divergences            0"), "\(verification.output)")
        let replay = try Command.run("replay", "trace.rrvm", "--console", in: directory)
        #expect(replay.output == recording.output)
    }

    private static let maker =
        URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Scripts/make-real-guest.sh").standardized.path

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static var hasCloudKernel: Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/boot")) ?? []
        return names.contains { $0.hasPrefix("vmlinuz-") && $0.hasSuffix("-cloud-amd64") }
    }
}
