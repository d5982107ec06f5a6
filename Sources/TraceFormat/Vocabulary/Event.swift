public import X86

/// One entry of a trace: an exit with the input it gave the guest, an injected interrupt, a device's write to guest
/// memory, a keyframe, or the end.
public enum Event: Hashable, Sendable {
    /// IN or one element of INS: the data that the guest was given.
    case portRead(PortAccess)
    /// OUT or one element of OUTS: the data that the guest gave.
    case portWrite(PortAccess)
    /// A read outside memory: the data that the guest was given.
    case memoryRead(MemoryAccess)
    /// A write outside memory: the data that the guest gave.
    case memoryWrite(MemoryAccess)
    /// RDMSR: the value that the guest was given; nil for #GP.
    case readMSR(index: UInt32, value: UInt64?)
    /// WRMSR: the value that the guest gave, and whether it got #GP.
    case writeMSR(index: UInt32, value: UInt64, faults: Bool)
    /// HLT.
    case halt
    /// The processor shut down. The machine is reset because of it.
    case tripleFault
    /// An external interrupt, injected before the next instruction.
    case interrupt(vector: UInt8)
    /// A non-maskable interrupt, injected before the next instruction.
    case nonMaskableInterrupt
    /// A device wrote to guest memory, before the next instruction.
    case deviceWrite(address: GuestPhysicalAddress, bytes: [UInt8])
    /// A device read from guest memory, right after the access that told it to: the data that the guest gave.
    case deviceRead(DeviceRead)
    /// A trapped RDTSC or similar instruction.
    case hiddenRead(HiddenRead)
    /// The whole state was stored at this moment.
    case keyframe(number: UInt32, KeyframePosition)
    /// The recording ended. Nothing follows.
    case end(Outcome)
}

extension Event {
    /// The kinds of event, numbered as in a trace; lists of events show `name`.
    public enum Kind: UInt8, CaseIterable, Hashable, Sendable {
        case portRead = 0
        case portWrite = 1
        case memoryRead = 2
        case memoryWrite = 3
        case readMSR = 4
        case writeMSR = 5
        case halt = 6
        case interrupt = 7
        case nonMaskableInterrupt = 8
        case deviceWrite = 9
        case hiddenRead = 10
        case keyframe = 11
        case end = 12
        case deviceRead = 13
        case tripleFault = 14

        /// Its name in JSON and in `rr-vm info`.
        public var name: String { word.description }

        /// Its name, without a string to be made of it.
        var word: StaticString {
            switch self {
            case .portRead: "portRead"
            case .portWrite: "portWrite"
            case .memoryRead: "memoryRead"
            case .memoryWrite: "memoryWrite"
            case .readMSR: "readMSR"
            case .writeMSR: "writeMSR"
            case .halt: "halt"
            case .interrupt: "interrupt"
            case .nonMaskableInterrupt: "nonMaskableInterrupt"
            case .deviceWrite: "deviceWrite"
            case .hiddenRead: "hiddenRead"
            case .keyframe: "keyframe"
            case .end: "end"
            case .deviceRead: "deviceRead"
            case .tripleFault: "tripleFault"
            }
        }

        /// Whether one of the guest's instructions causes it. Other events come between two instructions.
        public var isExit: Bool {
            switch self {
            case .portRead, .portWrite, .memoryRead, .memoryWrite, .readMSR, .writeMSR, .halt, .tripleFault,
                .hiddenRead:
                true
            case .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead, .keyframe, .end: false
            }
        }
    }

    /// The kind of this event.
    public var kind: Kind {
        switch self {
        case .portRead: .portRead
        case .portWrite: .portWrite
        case .memoryRead: .memoryRead
        case .memoryWrite: .memoryWrite
        case .readMSR: .readMSR
        case .writeMSR: .writeMSR
        case .halt: .halt
        case .tripleFault: .tripleFault
        case .interrupt: .interrupt
        case .nonMaskableInterrupt: .nonMaskableInterrupt
        case .deviceWrite: .deviceWrite
        case .deviceRead: .deviceRead
        case .hiddenRead: .hiddenRead
        case .keyframe: .keyframe
        case .end: .end
        }
    }
}
