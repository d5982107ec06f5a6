internal import Engine
internal import TraceFormat
internal import X86

/// Where in a guest's program an exit comes from: what it did, to what, and by which instruction. The data does not count.
struct ExitSite: Hashable, Sendable {
    private let kind: Event.Kind
    /// Port, address, register number or instruction.
    private let target: UInt64
    private let rip: UInt64

    /// The site of an exit; nil for one that is not the guest's own.
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

    /// The site of the exit that a recorded event was; nil for an event that was none.
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

    /// Whether the guest waits there for an interrupt, which then comes by itself.
    var isHalt: Bool { kind == .halt }
}
