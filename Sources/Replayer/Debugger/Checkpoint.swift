internal import Engine
internal import TraceFormat
internal import X86

/// A moment inside an epoch to which a timeline can return without executing.
struct Checkpoint {
    /// Where the timeline stood.
    let moment: Moment
    let state: ProcessorState
    /// The pages that were written since the checkpoint before, as they were here.
    var pages: [GuestPhysicalAddress: [UInt8]]
    let replay: ReplayPosition

    /// What a replay remembers besides its machine.
    struct ReplayPosition {
        let sequel: GuestSequel
        let instructions: InstructionsSinceEvent
        /// The engine's own count; nil if it does not count.
        let retired: UInt64?
        let pace: GuestPace
        let recent: RecentEvents
        let deliveries: [RecordedEvent]
        let privilege: Int
    }
}
