internal import Engine
internal import TraceFormat

/// How much processor time a guest gets to come to its next exit or moment: several times what it took in the recording.
///
/// Processor time, because a busy host must not matter; the recording knows milliseconds of the clock only, which are at
/// least as many.
struct GuestTimeLimit {
    /// Milliseconds that any stretch gets.
    static let floor: UInt64 = 4000
    /// Milliseconds that any stretch gets that is gone through instruction by instruction.
    static let steppingFloor: UInt64 = 60_000
    /// How many times as long as in the recording it may take.
    static let factor: UInt64 = 8
    /// The same for a recording of another engine or another kind of host, which may execute in the processor what this one emulates.
    static let foreignFactor: UInt64 = 1000
    /// The same for a stretch that is gone through instruction by instruction.
    static let steppingFactor: UInt64 = 100_000
    /// A landing that is not there by the limit goes on for so many times the limit,
    static let landingExtension: UInt64 = 4
    /// if it has not yet looked so often where it is.
    static let leastLooks = 20_000
    /// At the end of a recording that somebody stopped, a landing looks so often where it is before it asks whether the guest
    /// goes round a loop.
    static let mostLooksAtEnd = 20_000

    private static let hostModule = HostIdentity.current.modules.joined(separator: " ")

    private let ownFactor: UInt64

    /// - Parameter isSoftware: what executes the guest is no processor of the host's.
    init(_ header: TraceHeader, isSoftware: Bool) {
        let wasSoftware = header.recording.engine == .software
        let isAlike = isSoftware == wasSoftware && (isSoftware || header.host.module == Self.hostModule)
        ownFactor = isAlike ? Self.factor : Self.foreignFactor
    }

    /// Milliseconds for a stretch that took so many in the recording.
    func running(_ recorded: UInt64) -> UInt64 { max(Self.floor, ownFactor * recorded) }

    /// Milliseconds for a stretch that took so many in the recording, instruction by instruction.
    func stepping(_ recorded: UInt64) -> UInt64 { max(Self.steppingFloor, Self.steppingFactor * recorded) }
}
