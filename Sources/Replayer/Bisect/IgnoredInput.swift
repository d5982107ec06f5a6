internal import TraceFormat
internal import X86

/// Inputs that two runs may differ in without anybody caring: `--ignore`.
public enum IgnoredInput: String, CaseIterable, Hashable, Sendable {
    /// Timer counters, the speaker port, interrupts and what acknowledges them: when things happened.
    case time
    /// The real-time clock and its memory: ports 0x70 and 0x71.
    case rtc
    /// Time-stamp counter reads.
    case tsc

    /// Whether an event is an access of this kind.
    func covers(_ event: Event) -> Bool {
        switch self {
        case .time:
            switch event {
            case .interrupt, .nonMaskableInterrupt, .halt: true
            case .portRead(let access): Self.timerPorts.contains(access.port.rawValue)
            case .portWrite(let access): Self.acknowledgementPorts.contains(access.port.rawValue)
            default: false
            }
        case .rtc: event.port.map { (0x70...0x71).contains($0.rawValue) } ?? false
        case .tsc:
            switch event {
            case .hiddenRead(let read): [.rdtsc, .rdtscp, .rdpmc].contains(read.instruction)
            case .readMSR(let index, _): index == Self.timeStampCounter
            default: false
            }
        }
    }

    /// The interval timer, and the port that shows its output.
    private static let timerPorts: Set<UInt16> = [0x40, 0x41, 0x42, 0x61]
    /// The interrupt controllers' command ports, which take the end of an interrupt.
    private static let acknowledgementPorts: Set<UInt16> = [0x20, 0xA0]
    /// IA32_TIME_STAMP_COUNTER.
    private static let timeStampCounter: UInt32 = 0x10
}

extension Event {
    /// Whether the guest was given something that it could not compute.
    var isInput: Bool {
        switch self {
        case .portRead, .memoryRead, .readMSR, .interrupt, .nonMaskableInterrupt, .deviceWrite, .hiddenRead: true
        case .portWrite, .memoryWrite, .writeMSR, .halt, .deviceRead, .keyframe, .end: false
        }
    }
}
