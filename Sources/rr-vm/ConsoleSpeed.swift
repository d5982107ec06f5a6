import ArgumentParser

/// How fast a replay shows the guest's console.
enum ConsoleSpeed: String, CaseIterable, ExpressibleByArgument {
    /// As fast as the replay goes.
    case full
    /// No byte sooner after the replay's start than it came after the recording's.
    case recorded
}
