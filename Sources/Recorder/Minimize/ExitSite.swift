internal import Engine
internal import TraceFormat
internal import X86

/// Where an exit comes from in a guest's program: what it did, what it accessed and which instruction did it. The data
/// is not part of it.
struct ExitSite: Hashable, Sendable {
    private let kind: Event.Kind
    /// The port, address, register number or instruction.
    private let target: UInt64
    private let rip: UInt64

    /// The site of an exit, or nil if the guest did not cause the exit.
    init?(_ exit: Exit, rip: UInt64) {
        self.rip = rip
        switch exit {
        case .portRead(let port, _): (kind, target) = (.portRead, UInt64(port.rawValue))
        case .portWrite(let port, _, _): (kind, target) = (.portWrite, UInt64(port.rawValue))
        case .memoryRead(let address, _): (kind, target) = (.memoryRead, address.rawValue)
        case .memoryWrite(let address, _, _): (kind, target) = (.memoryWrite, address.rawValue)
        case .readMSR(let index): (kind, target) = (.readMSR, UInt64(index))
        case .writeMSR(let index, _): (kind, target) = (.writeMSR, UInt64(index))
        case .hiddenRead(let instruction): (kind, target) = (.hiddenRead, UInt64(instruction.rawValue))
        case .halt: (kind, target) = (.halt, 0)
        case .tripleFault, .interruptWindow, .kicked, .debug, .emulationFailure, .hostLimit: return nil
        }
    }

    /// The site of the exit in a recorded event, or nil if the event is not an exit.
    init?(_ recorded: RecordedEvent) {
        rip = recorded.rip
        kind = recorded.event.kind
        switch recorded.event {
        case .portRead(let access), .portWrite(let access): target = UInt64(access.port.rawValue)
        case .memoryRead(let access), .memoryWrite(let access): target = access.address.rawValue
        case .readMSR(let index, _), .writeMSR(let index, _, _): target = UInt64(index)
        case .hiddenRead(let read): target = UInt64(read.instruction.rawValue)
        case .halt: target = 0
        case .tripleFault, .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead, .keyframe, .end: return nil
        }
    }

    /// Whether the guest waits there for an interrupt. Such an interrupt arrives without the plan's help.
    var isHalt: Bool { kind == .halt }
}
