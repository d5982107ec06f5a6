import ArgumentParser

/// How fast a replay shows the guest's console.
enum ConsoleSpeed: String, CaseIterable, ExpressibleByArgument {
    /// As fast as the replay goes.
    case full
    /// No byte appears sooner, counted from the start of the replay, than it did in the recording.
    case recorded
}
