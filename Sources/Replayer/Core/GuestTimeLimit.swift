internal import Engine
internal import TraceFormat

/// How much processor time a guest gets to reach its next exit or moment: several times what it took in the recording.
///
/// The limit is processor time so that a busy host makes no difference. The recording knows only wall-clock
/// milliseconds, which are never fewer.
struct GuestTimeLimit {
    /// The minimum for any stretch, in milliseconds.
    static let floor: UInt64 = 4000
    /// The minimum for a stretch that is stepped through instruction by instruction, in milliseconds.
    static let steppingFloor: UInt64 = 60_000
    /// How many times the recorded duration a stretch may take.
    static let factor: UInt64 = 8
    /// The factor for a recording from another engine or another kind of host. Its processor may have executed what
    /// this one emulates.
    static let foreignFactor: UInt64 = 1000
    /// The factor for a stretch that is stepped through instruction by instruction.
    static let steppingFactor: UInt64 = 100_000
    /// A landing that has not finished at the limit gets this many times the limit in addition,
    static let landingExtension: UInt64 = 4
    /// if it has checked fewer times than this whether the guest is there.
    static let leastLooks = 20_000
    /// At the end of a recording that somebody stopped, a landing checks this many times whether the guest is there.
    /// Then it checks whether the guest is in a loop.
    static let mostLooksAtEnd = 20_000

    private static let hostModule = HostIdentity.current.modules.joined(separator: " ")

    private let ownFactor: UInt64

    /// - Parameter isSoftware: whether software executes the guest rather than the host's processor.
    init(_ header: TraceHeader, isSoftware: Bool) {
        let wasSoftware = header.recording.engine == .software
        let isAlike = isSoftware == wasSoftware && (isSoftware || header.host.module == Self.hostModule)
        ownFactor = isAlike ? Self.factor : Self.foreignFactor
    }

    /// The limit for a stretch that took the given time in the recording, both in milliseconds.
    func running(_ recorded: UInt64) -> UInt64 { max(Self.floor, ownFactor * recorded) }

    /// The limit for a stretch that is stepped through and took the given time in the recording, both in milliseconds.
    func stepping(_ recorded: UInt64) -> UInt64 { max(Self.steppingFloor, Self.steppingFactor * recorded) }
}
