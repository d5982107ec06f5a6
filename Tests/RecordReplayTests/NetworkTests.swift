import EndToEnd
import Engines
import GuestImages
import Platform
import Recorder
import Replayer
import SystemPackage
import Testing
import TraceFormat

/// A PC with a network card, in software: what its guest is sent, and what it sends.
@Suite struct NetworkTests {
    private static let guest = TestGuest(.named("virtio-network"))

    @Test func everyPacketIsInTheTraceAsItCameAndAsItWentBack() async throws {
        let recording = try await RecordingStore.shared.recording(of: Self.guest, on: .soft)
        let packets = try #require(Guest.named("virtio-network").packets)

        let found = try recording.packets

        #expect(found.filter { $0.direction == .received }.map(\.bytes) == packets)
        #expect(found.filter { $0.direction == .sent }.map(\.bytes) == packets)
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.event < $1.event })
    }

    @Test func inputOfThisKindIsWhatThePacketsAndTheirHeadersAre() async throws {
        let recording = try await RecordingStore.shared.recording(of: Self.guest, on: .soft)
        let packets = try #require(Guest.named("virtio-network").packets)

        let inputs = try RecordedInput.all(in: recording.reader).filter { $0.kind == .network }

        #expect(inputs.map(\.byteCount) == packets.map { UInt64($0.count) + 12 })
    }

    /// The guest sends back what it was given, so the packet is different there.
    @Test func changedPacketIsFoundWhereTheGuestSendsIt() async throws {
        let recording = try await RecordingStore.shared.recording(of: Self.guest, on: .soft)
        let received = try #require(try recording.packets.last { $0.direction == .received })
        let sent = try #require(try recording.packets.last { $0.direction == .sent })
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = { events in
            let index = Int(received.event.rawValue)
            guard case .deviceWrite(let address, var bytes) = events[index].event else { return }
            bytes[bytes.count - 1] ^= 1
            events[index].event = .deviceWrite(address: address, bytes: bytes)
        }

        let copy = try recording.reader.copy(to: directory.file("changed.rrvm"), changes: changes)
        let replay = try Replay(copy, landing: .exact, on: .soft)

        #expect(replay.firstDifference == sent.event)
        #expect(try #require(replay.divergence).description.contains("instead of"))
    }

    @Test func captureThatIsReadFasterThanTheGuestLosesNothing() async throws {
        var guest = Self.guest
        guest.clock = .virtual
        let packets = (0..<300).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 60) }
        let last = [UInt8](repeating: UInt8(ascii: "q"), count: 60)
        let quiet = packets.filter { $0 != last }

        let recording = try Recording(
            of: guest,
            on: .soft,
            link: CaptureLink(Capture.bytes(of: quiet + [last]))
        )

        #expect(recording.summary.outcome == .exited(code: 0))
        #expect(try recording.packets.filter { $0.direction == .received }.map(\.bytes) == quiet + [last])
        #expect(try Replay(recording.reader, landing: .exact, on: .soft).result.get().epochsJumped == 0)
    }

    @Test func guestThatWaitsForAPacketIsStopped() throws {
        var guest = Self.guest
        guest.limits.seconds = 0.3

        let recording = try Recording(of: guest, on: .soft, link: CaptureLink(Capture.bytes(of: [])))

        #expect(recording.summary.outcome == .stopped(.timeLimit))
    }

    /// The guest is told by an interrupt, and the run goes on.
    @Test func peerThatHangsUpDoesNotEndTheRun() throws {
        var guest = Self.guest
        guest.limits.seconds = 4
        let packet = [UInt8](repeating: 0, count: 60)

        let recording = try Recording(of: guest, on: .soft, link: ScriptedPeer.link(saying: [packet]))

        #expect(recording.summary.outcome == .stopped(.timeLimit))
        #expect(recording.summary.isLinkClosed)
        // One for the packet and one for the link, or one for both: the peer may hang up before the guest acknowledges the first.
        let interrupts = try recording.events.count { $0.event.kind == .interrupt }
        #expect((1...2).contains(interrupts))
    }
}

extension Recording {
    fileprivate var packets: [RecordedPacket] {
        get throws {
            var scanner = PacketScanner(reader.header)
            return try events.flatMap { scanner.take($0) } + scanner.finish()
        }
    }
}
