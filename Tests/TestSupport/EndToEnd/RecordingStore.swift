/// Records each guest once, for all tests that only look at the recording.
public actor RecordingStore {
    /// That of this process.
    public static let shared = RecordingStore()

    private var recordings: [String: Task<Recording, any Error>] = [:]

    /// The recording of a guest: made when it is asked for first.
    public func recording(of guest: TestGuest) async throws -> Recording {
        let task = recordings[guest.description] ?? Task.detached { try Recording(of: guest) }
        recordings[guest.description] = task
        return try await task.value
    }
}
