import ByteCoding
import EndToEnd
import Engine
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Traces that go on behind an exit with which the guest ended its run: executing on leads to what they claim, and no machine
/// would have.
@Suite(.needsKVM) struct SequelTests {
    /// mov $7, %al; out %al, $0xF4
    private static let exitWithSeven: [UInt8] = [0xB0, 7, 0xE6, 0xF4]

    @Test(
        arguments: [
            // mov $0, %al; out %al, $0xF4
            [0xB0, 0, 0xE6, 0xF4],
            // cli; hlt
            [0xFA, 0xF4],
        ] as [[UInt8]]
    )
    func aRunThatGoesOnBehindItsEndIsADivergence(end: [UInt8]) throws {
        let honest = try Recording.make(end + Self.exitWithSeven)
        let exit = try #require(try honest.allEvents().last { $0.event.kind == .portWrite || $0.event == .halt })
        let last = UInt32(honest.keyframeCount - 1)
        let distance = UInt64(Self.exitWithSeven.count)
        var changes = TraceChanges()
        changes.keyframe = { keyframe in
            guard keyframe.number == last else { return }
            keyframe.state.rip += distance
            keyframe.state.general[0] = 7
            keyframe.digest = StateDigest(processor: keyframe.state.digest, memory: keyframe.digest.memory)
        }
        changes.events = { events in
            guard let place = events.firstIndex(where: { $0.ordinal == exit.ordinal }) else { return }
            var second = exit
            second.event = .portWrite(PortAccess(port: Port(0xF4), size: .byte, value: 7))
            second.rip = exit.rip + distance
            events.insert(second, at: place + 1)
            events[events.count - 1].event = .end(.exited(code: 7))
        }
        let directory = try TemporaryDirectory()
        let lie = try honest.copy(to: directory.file("lie.rrvm"), changes: changes)

        let divergence = #expect(throws: Divergence.self) { try Replay(lie).result.get() }

        #expect(divergence?.description.contains("event \(exit.ordinal.rawValue + 1)") == true)
    }
}
