public import Engines
public import Recorder

/// Records each guest once, for all tests that only read the recording.
public actor RecordingStore {
    /// The store of this process.
    public static let shared = RecordingStore()

    private var recordings: [String: Task<Recording, any Error>] = [:]

    /// The recording of a guest on an engine. It is made the first time that it is needed.
    public func recording(of guest: TestGuest, on engine: EngineChoice = .kvm) async throws -> Recording {
        try await recording(of: guest, on: engine, keyframes: KeyframePolicy())
    }

    /// The recording of a guest with keyframes at other places, also made only once.
    public func recording(
        of guest: TestGuest,
        on engine: EngineChoice = .kvm,
        keyframes: KeyframePolicy
    ) async throws -> Recording {
        let name = "\(guest) \(engine) \(guest.limits) \(keyframes)"
        let task = recordings[name] ?? Task.detached { try Recording(of: guest, on: engine, keyframes: keyframes) }
        recordings[name] = task
        return try await task.value
    }
}
