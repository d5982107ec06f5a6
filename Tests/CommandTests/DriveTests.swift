import EndToEnd
import Foundation
import GuestImages
import SystemPackage
import Testing
import TraceFormat

/// Guests with disks on the command line.
@Suite(.needsKVM) struct DriveTests {
    /// By port reads, by the IDE controller's DMA, and by virtio's.
    @Test(arguments: [("ata-pio", false), ("ata-dma", true), ("virtio-block", true)])
    func replayNeedsNoDisk(guest: String, isDMA: Bool) throws {
        let directory = try TemporaryDirectory()
        let guest = TestGuest(.named(guest))
        for file in guest.files { try directory.write(file.bytes, to: file.name) }
        let recorded = try Command(["record", "-o", "trace.rrvm"] + guest.arguments, in: directory).wait()
        for file in guest.files { try FileManager.default.removeItem(atPath: directory.file(file.name).string) }

        let replayed = try Command.run("replay", "trace.rrvm", "--console", "--quiet", in: directory)
        let verified = try Command.run("verify", "trace.rrvm", in: directory)

        #expect(recorded.status == 0, "\(recorded.messages)")
        #expect(recorded.output.contains("sector 1\n"))
        #expect(replayed.status == 0, "\(replayed.messages)")
        #expect(replayed.output == recorded.output)
        #expect(verified.output.contains("divergences            0"))
        let events = try TraceReader(path: directory.file("trace.rrvm")).allEvents()
        #expect(events.contains { $0.event.brings("sector 1\n") } == isDMA)
    }
}

extension Event {
    /// Whether a device wrote something to memory that begins with a text.
    fileprivate func brings(_ text: String) -> Bool {
        guard case .deviceWrite(_, let bytes) = self else { return false }
        return bytes.starts(with: text.utf8)
    }
}
