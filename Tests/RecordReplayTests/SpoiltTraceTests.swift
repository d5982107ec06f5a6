import EndToEnd
import Foundation
import GuestImages
import Replayer
import SystemPackage
import Testing
import TraceFormat

/// Real traces, spoilt at random and replayed: what still replays is the recording, as far as it goes.
@Suite(.needsKVM, .lastResort) struct SpoiltTraceTests {
    private static let rounds = SlowTests.areIncluded ? 400 : 20

    @Test(arguments: ["pit-ticks", "tick-nested"])
    func replayIsAnErrorOrTheRecording(guest: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(Guest.named(guest).image, to: "guest")
        let recorded = try Command.run("record", "guest", "--flat", "--memory", "16M", "-o", "whole", in: directory)
        #expect(recorded.status == 0, "\(recorded.messages)")
        let bytes = try directory.read("whole")
        let events = try TraceReader(path: directory.file("whole")).allEvents()

        for _ in 0..<Self.rounds {
            let offsets = (0..<Int.random(in: 1...8)).map { _ in Int.random(in: bytes.indices) }
            var spoilt = bytes
            for offset in offsets { spoilt[offset] ^= UInt8.random(in: 1...255) }
            try directory.write(spoilt, to: "spoilt")

            let replay = try? Replay(TraceReader(path: directory.file("spoilt")), landing: .portable)

            // What is spoilt is found as bad data, never taken for what the guest did.
            #expect(replay?.firstDifference == nil, "bytes \(offsets)")
            let visited = replay?.visited ?? []
            #expect(visited == Array(events.prefix(visited.count)), "bytes \(offsets)")
        }
    }
}
