import ByteCoding
import EndToEnd
import Foundation
import GuestImages
import Platform
import Recorder
import Replayer
import SystemPackage
import Testing
import TraceFormat
import X86

/// What holds for unikernels alone, beside what holds for every guest.
@Suite(.needsKVM) struct UnikernelTests {
    @Test func everyPacketIsInTheTraceAsItCameAndAsItWentBack() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hvt-echo")))
        let packets = try #require(Guest.named("hvt-echo").unikernel?.packets)

        let sent = try recording.events.compactMap(\.sentPacket)

        #expect(sent == packets.map { Array($0[6..<12] + $0[..<6] + $0[12...]) })
    }

    @Test func pollIsRecordedWithItsArgumentsAndItsAnswer() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hvt-poll")))

        let events = try recording.events.map { "\($0.event)" }

        #expect(events.count { $0 == "give poll(timeout_nsecs 10000000)" } == 4)
        #expect(events.count { $0 == "give poll(timeout_nsecs 0)" } == 1)
    }

    @Test func replayTakesNoTimeForWhatTheRecordingWaitedFor() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hvt-poll")))

        let replay = try Replay(recording.reader)

        // The guest measures by its own clock that it waited: it must see the recorded one.
        #expect(try replay.result.get().outcome == .exited(code: 0))
        #expect(String(decoding: replay.console, as: UTF8.self) == "4 times nothing\n")
    }

    @Test func guestThatWaitsForAPacketIsStopped() throws {
        var guest = TestGuest(.named("hvt-echo"))
        guest.limits.seconds = 0.3
        let recording = try Recording(of: guest, link: CaptureLink(Capture.bytes(of: [])))

        #expect(recording.summary.outcome == .stopped(.timeLimit))
        #expect(try Replay(recording.reader).result.get().outcome == .stopped(.timeLimit))
    }

    @Test func clockThatSkipsWaitingMakesPacketsOfACaptureComeAtOnce() throws {
        var guest = TestGuest(.named("hvt-echo"))
        guest.clock = .virtual
        let packets = try #require(Guest.named("hvt-echo").unikernel?.packets)
        let recording = try Recording(of: guest, link: CaptureLink(Capture.bytes(of: packets)))

        #expect(recording.summary.outcome == .exited(code: 0))
        #expect(try Replay(recording.reader).result.get().outcome == .exited(code: 0))
    }

    // MARK: Planted faults

    private static let faults: [(String, DeviceRead.Content.Name, String)] = [
        ("hvt-hello", .arguments, "puts(data"), ("hvt-hello", .data, "instead of"), ("hvt-block", .digest, "digest"),
        ("hvt-block", .arguments, "block_read(handle"), ("hvt-echo", .data, "instead of"),
        ("hvt-abort", .data, "instead of"),
    ]

    @Test(arguments: faults)
    func changedOutputIsFoundAtItsEvent(guest: String, content: DeviceRead.Content.Name, word: String) async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named(guest)))
        let chosen = try #require(
            try recording.events.last { $0.deviceRead?.content.name == content && $0.isChangeable }
        )

        let replay = try Self.replay(recording) { $0[Int(chosen.ordinal.rawValue)].changeDeviceRead() }

        #expect(replay.firstDifference == chosen.ordinal)
        #expect(replay.report.contains(word), "\(replay.report)")
    }

    @Test func changedCallIsNamedInTheReport() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hvt-hello")))
        let call = try #require(try recording.events.first { $0.event.kind == .portWrite })

        let replay = try Self.replay(recording) { events in
            events[Int(call.ordinal.rawValue)].event = .portWrite(
                PortAccess(port: Port(0x503), size: .doubleword, value: 0x1000)
            )
        }

        #expect(replay.firstDifference == call.ordinal)
        #expect(replay.report.contains("to port 0x503: poll"), "\(replay.report)")
        #expect(replay.report.contains("to port 0x502: puts"), "\(replay.report)")
    }

    @Test func changedDateIsFoundWhereItIsPrinted() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hvt-time")))
        let date = try #require(try recording.events.first { $0.event.kind == .deviceWrite })
        let printed = try #require(
            try recording.events.first { $0.ordinal > date.ordinal && !$0.event.consoleBytes.isEmpty }
        )

        let replay = try Self.replay(recording) { events in
            guard case .deviceWrite(let address, let bytes) = date.event else { return }
            let other = Event.deviceWrite(address: address, bytes: [bytes[0] ^ 1] + bytes.dropFirst())
            events[Int(date.ordinal.rawValue)].event = other
        }

        #expect(replay.firstDifference == printed.ordinal)
    }

    @Test func changedPollIsFoundWhereTheGuestActsOnIt() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hvt-poll")))
        let answer = try #require(try recording.events.first { $0.event.kind == .deviceWrite })

        let replay = try Self.replay(recording) { events in
            guard case .deviceWrite(let address, let bytes) = answer.event else { return }
            let other = Event.deviceWrite(address: address, bytes: [2] + bytes.dropFirst())
            events[Int(answer.ordinal.rawValue)].event = other
        }

        let found = try #require(replay.firstDifference)
        #expect(found > answer.ordinal)
        #expect(found.rawValue <= answer.ordinal.rawValue + 3)
    }

    @Test(arguments: [1 << 30, 1 << 41, UInt64.max])
    func outputFromOutsideMemoryIsBadData(address: UInt64) async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hvt-hello")))

        #expect(throws: ReplayError.self) {
            _ = try Self.replay(recording) { events in
                let read = DeviceRead(
                    port: Port(0x502),
                    address: GuestPhysicalAddress(address),
                    content: .digest(.zero, count: 1 << 40)
                )
                events.insert(RecordedEvent(ordinal: EventOrdinal(1), time: 0, rip: 0, event: .deviceRead(read)), at: 1)
            }
        }
    }

    private static func replay(
        _ recording: Recording,
        changing change: @escaping (inout [RecordedEvent]) -> Void
    ) throws -> Replay {
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = change
        return try Replay(recording.reader.copy(to: directory.file("changed.rrvm"), changes: changes))
    }

    // MARK: Moments

    @Test func momentIsFoundByWhatTheConsoleShowed() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hvt-hello")))

        let moment = try MomentName("console:two").moment(in: recording.reader)
        let shown = try ConsoleText.bytes(of: recording.reader, through: moment.event)

        #expect(String(decoding: shown, as: UTF8.self) == "hello from a unikernel: one two three")
    }
}

extension DeviceRead.Content {
    /// Which of them it is.
    enum Name { case arguments, data, digest }

    var name: Name {
        switch self {
        case .arguments: .arguments
        case .data: .data
        case .digest: .digest
        }
    }
}

extension RecordedEvent {
    fileprivate var deviceRead: DeviceRead? {
        guard case .deviceRead(let read) = event else { return nil }
        return read
    }

    fileprivate var isChangeable: Bool { (deviceRead?.byteCount ?? 0) > 12 || deviceRead?.content.name == .digest }

    /// What the guest sent with this event, if it did.
    fileprivate var sentPacket: [UInt8]? {
        guard let read = deviceRead, read.port == Port(0x506), case .data(let bytes) = read.content else { return nil }
        return bytes
    }

    /// Another last byte.
    fileprivate mutating func changeDeviceRead() {
        guard var read = deviceRead else { return }
        switch read.content {
        case .arguments(var bytes):
            bytes[bytes.count - 8] ^= 1
            read.content = .arguments(bytes)
        case .data(var bytes):
            bytes[bytes.count - 1] ^= 1
            read.content = .data(bytes)
        case .digest(let digest, let count):
            read.content = .digest(Digest128(low: digest.low ^ 1, high: digest.high), count: count)
        }
        event = .deviceRead(read)
    }
}

extension Replay {
    /// What a person is told of the difference; nothing where there is none.
    fileprivate var report: String {
        guard case .failure(let divergence) = result else { return "" }
        return divergence.description
    }
}
