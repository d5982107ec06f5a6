internal import TraceFormat

/// Inputs that two runs may differ in without anybody caring: `--ignore`.
public enum IgnoredInput: String, CaseIterable, Hashable, Sendable {
    /// Timer counters, the speaker port, interrupts and what acknowledges them: when things happened.
    case time
    /// The real-time clock and its memory: ports 0x70 and 0x71.
    case rtc
    /// Time-stamp counter reads.
    case tsc
}

extension Event {
    /// Whether the guest was given something that it could not compute.
    var isInput: Bool {
        switch self {
        case .portRead, .memoryRead, .readMSR, .interrupt, .nonMaskableInterrupt, .deviceWrite, .hiddenRead: true
        case .portWrite, .memoryWrite, .writeMSR, .halt, .tripleFault, .deviceRead, .keyframe, .end: false
        }
    }
}
