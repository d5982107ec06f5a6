import ByteCoding
import EndToEnd
import Engine
import GuestImages
import Recorder
import Replayer
import Testing
import TraceFormat
import X86

/// Recordings in which the machine is reset.
@Suite(.needsKVM) struct ResetTests {
    private static func recording() async throws -> Recording {
        try await RecordingStore.shared.recording(of: TestGuest(.named("reboot")))
    }

    @Test func eachResetFollowsAStateThatIsComparedAndLeadsToTheFirstOne() async throws {
        let recording = try await Self.recording()
        let reader = recording.reader
        let keyframes = try reader.keyframes

        let numbers = keyframes.indices.filter { keyframes[$0].position == .reset }

        #expect(numbers.count == 5 && recording.summary.resets == 5)
        #expect(try TraceInfo(reader).resets == 5)
        let first = try reader.keyframe(0)
        for number in numbers {
            #expect(keyframes[number - 1].position == .synchronous)
            #expect(keyframes[number - 1].event.rawValue + 1 == keyframes[number].event.rawValue)
            #expect(try reader.keyframe(number).state == first.state)
        }
        #expect(try recording.events.count { $0.event == .tripleFault } == 1)
    }

    @Test func everyEpochReplaysByItself() async throws {
        let reader = try await Self.recording().reader

        for epoch in 0..<reader.keyframeCount {
            var session = try KVMReplaySession(reader, landing: .portable)
            #expect(throws: Never.self) { _ = try session.run(epochs: epoch..<epoch + 1).get() }
        }
    }

    @Test func copyWithFewKeyframesKeepsThoseOfResets() async throws {
        let reader = try await Self.recording().reader
        let directory = try TemporaryDirectory()
        var options = TraceCopyOptions()
        options.spacing = KeyframeSpacing(milliseconds: nil, events: 1_000_000)

        _ = try reader.copy(to: directory.file("few.rrvm"), options: options)

        let copy = try TraceReader(path: directory.file("few.rrvm"))
        #expect(try copy.keyframes.count { $0.position == .reset } == 5)
        #expect(copy.keyframeCount >= 11)
        #expect(throws: Never.self) { _ = try Replay(copy, landing: .portable).result.get() }
    }

    /// The first state of a recording says that it is behind a reset, which nothing asked for.
    @Test func aResetThatTheGuestDidNotAskForIsBadData() async throws {
        let recording = try await RecordingStore.shared.recording(
            of: TestGuest(.named("pit-ticks")),
            keyframes: KeyframePolicy(nanoseconds: nil, events: 1)
        )
        let events = try recording.events
        let halt = try #require(events.firstIndex { $0.event == .halt })
        let number = try #require(events[halt...].lazy.compactMap(\.event.keyframe).first)
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.keyframe = { if $0.number == number { $0.position = .reset } }
        let copy = try recording.reader.copy(to: directory.file("changed.rrvm"), changes: changes)

        let error = #expect(throws: ReplayError.self) { _ = try Replay(copy, landing: .portable) }

        #expect(error.map { "\($0)" }?.contains("a reset that the guest did not request") == true)
    }

    @Test func aResetToAnotherStateIsBadData() async throws {
        let error = try await #require(throws: ReplayError.self) {
            try await replay { changes in
                changes.keyframe = { keyframe in
                    guard keyframe.position == .reset else { return }
                    keyframe.state[.rbx] ^= 1
                    keyframe.digest.processor = keyframe.state.digest
                }
            }
        }

        #expect("\(error)".contains("a reset to another state than the first"), "\(error)")
    }

    @Test func aChangeToWhatTheGuestDidBeforeAResetIsFound() async throws {
        let reader = try await Self.recording().reader
        let number = try #require(try reader.keyframes.firstIndex { $0.position == .reset }) - 1

        let divergence = try await replay { changes in
            changes.keyframe = { keyframe in
                guard keyframe.number == number else { return }
                keyframe.state[.rbx] ^= 1
                keyframe.digest.processor = keyframe.state.digest
            }
        }

        #expect(divergence?.moment.event == (try reader.keyframeEntry(number).event))
    }

    /// Replays a changed copy.
    @discardableResult
    private func replay(_ change: (inout TraceChanges) -> Void) async throws -> Divergence? {
        let reader = try await Self.recording().reader
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        change(&changes)
        let copy = try reader.copy(to: directory.file("changed.rrvm"), changes: changes)
        return try Replay(copy, landing: .portable).divergence
    }
}

extension Event {
    /// The number of the keyframe that it is.
    fileprivate var keyframe: UInt32? {
        if case .keyframe(let number, _) = self { number } else { nil }
    }
}
