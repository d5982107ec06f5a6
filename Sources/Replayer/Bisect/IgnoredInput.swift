internal import TraceFormat

/// Inputs in which two runs may differ without it being reported: `--ignore`.
public enum IgnoredInput: String, CaseIterable, Hashable, Sendable {
    /// Everything about when things happen: timer counters, the speaker port, interrupts and their acknowledgements.
    case time
    /// The real-time clock and its memory: ports 0x70 and 0x71.
    case rtc
    /// Time-stamp counter reads.
    case tsc
}

extension Event {
    /// Whether the guest was given something that it could not compute itself.
    var isInput: Bool {
        switch self {
        case .portRead, .memoryRead, .readMSR, .interrupt, .nonMaskableInterrupt, .deviceWrite, .hiddenRead: true
        case .portWrite, .memoryWrite, .writeMSR, .halt, .tripleFault, .deviceRead, .keyframe, .end: false
        }
    }
}
