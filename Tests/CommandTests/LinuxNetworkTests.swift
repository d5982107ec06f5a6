import EndToEnd
import Foundation
import Testing

/// Debian's kernel on a network without any rights on the host: it gets an address by DHCP, and fetches a page from a server on the
/// host's loopback interface. In software.
@Suite(.slow, .enabled("needs Debian's linux-image-cloud-amd64, busybox-static and cpio") { LinuxGuest.canBeMade })
struct LinuxNetworkTests {
    @Test func guestFetchesAPageAndNeedsNoNetworkInTheReplay() throws {
        let directory = try TemporaryDirectory()
        let made = try LinuxGuest.makeDisk(in: directory, named: "linux-network")
        try #require(made.status == 0, "\(made.messages)")
        let kernel = try #require(LinuxGuest.kernel)
        let page = "a page of \(UInt64.random(in: .min ... .max))"
        let server = try PageServer(page: page + "\n")
        try directory.write(Array(Self.script(port: server.port).utf8), to: "script")

        let recording = try Command(
            ["record", kernel, "--initrd", "root.cpio", "--append", "console=ttyS0 quiet", "--memory", "256M"]
                + ["--engine", "soft", "--net", "user", "--input-script", "script", "-o", "trace.rrvm"]
                + ["--max-time", "1200"],
            in: directory
        ).wait()

        #expect(recording.status == 0, "\(recording.messages)")
        #expect(recording.messages.contains("the guest powered off"), "\(recording.messages)")
        for shown in ["lease of 10.0.2.15 obtained", page] {
            #expect(recording.output.contains(shown), "\(shown): \(recording.output)")
        }
        let verification = try Command.run("verify", "trace.rrvm", in: directory)
        #expect(verification.status == 0, "\(verification.messages)")
        #expect(verification.output.contains("epochs jumped          0"), "\(verification.output)")
        let replay = try Command.shell(
            "unshare --net true && unshare --net $0 replay trace.rrvm --console",
            in: directory
        )
        #expect(replay.output == recording.output)
        let packets = try Command.shell("$0 export pcapng trace.rrvm | strings", in: directory)
        #expect(packets.output.contains(page))
    }

    private static func script(port: UInt16) -> String {
        #"""
        expect / #
        send network\r
        expect \n/ #
        send wget -q -O - http://10.0.2.2:\#(port)/\r
        expect \n/ #
        send poweroff -f\r
        """#
    }
}
