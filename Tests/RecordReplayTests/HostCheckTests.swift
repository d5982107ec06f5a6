import ByteCoding
import EndToEnd
import Engine
import GuestImages
import KVMEngine
import Replayer
import SystemPackage
import Testing
import TraceFormat
import X86

/// Obstacles planted in one state of a trace, which is not its first.
@Suite(.needsKVM) struct HostCheckTests {
    private func check(_ change: @escaping (inout Keyframe) -> Void) async throws -> HostCheck {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hello")))
        let last = try #require(try recording.reader.keyframes.last)
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.keyframe = { keyframe in
            guard keyframe.number == last.number else { return }
            change(&keyframe)
            keyframe.digest = StateDigest(processor: keyframe.state.digest, memory: keyframe.digest.memory)
        }
        return try HostCheck(
            recording.reader.copy(to: directory.file("changed.rrvm"), changes: changes),
            on: KVMProcessor.self
        )
    }

    @Test func aTraceOfThisHostHasNone() async throws {
        #expect(try await check { _ in }.obstacles.isEmpty)
    }

    @Test func componentThatTheHostLacksIsNamed() async throws {
        // No processor has given this bit a meaning.
        let check = try await check { $0.state.control.xcr0 |= 1 << 61 }

        #expect(check.obstacles.contains { $0.hasPrefix("XCR0 bit 61 (unknown)") }, "\(check.obstacles)")
    }

    @Test func registerThatTheHostLacksIsNamed() async throws {
        let check = try await check { $0.state.modelSpecific[0x1234_5678] = 1 }

        #expect(check.obstacles.contains { $0.hasPrefix("MSR 0x12345678") }, "\(check.obstacles)")
    }

    @Test func statesBetweenTwoExitsAreCountedByMode() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("tick-nmi-only")))
        let count = try recording.reader.keyframes.count { $0.position == .asynchronous }

        let remarks = try HostCheck(recording.reader, on: KVMProcessor.self).remarks

        #expect(remarks.contains { $0.hasPrefix("\(count) states") && $0.contains("real mode") }, "\(remarks)")
    }
}
