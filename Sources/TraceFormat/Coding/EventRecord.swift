import ByteCoding
import X86

/// An event in a fixed size. It crosses to the writer's thread in this form, and chunks are encoded and decoded through
/// it.
///
/// Further bytes or text of an event travel beside the record; `value` then says how many bytes.
struct EventRecord: BitwiseCopyable {
    /// Data, or the number of bytes that belong to the event.
    var value: UInt64 = 0
    /// The guest-physical address of a memory access or device access.
    var address: UInt64 = 0
    var rip: UInt64
    /// Instructions since the event before, if they are counted.
    var instructions: UInt64 = 0
    var time: UInt32
    /// TSC_AUX of a hidden read.
    var auxiliary: UInt32 = 0
    /// Kind, key, detail and flags.
    var form: EventForm

    static let consoleFlag: UInt8 = 1
    static let faultFlag: UInt8 = 1
    static let succeededFlag: UInt8 = 1

    init(kind: UInt8, rip: UInt64, time: UInt32) {
        self.init(EventForm(kind: kind), rip: rip, time: time)
    }

    init(_ form: EventForm, rip: UInt64, time: UInt32) {
        self.form = form
        self.rip = rip
        self.time = time
    }

    /// The port, or the number of the model-specific register.
    var key: UInt32 {
        get { form.key }
        set { form.key = newValue }
    }

    /// An `Event.Kind`, or a ``Crossing``.
    var kind: UInt8 { form.kind }

    /// Size, length, vector, instruction, position or form of content.
    var detail: UInt8 {
        get { form.detail }
        set { form.detail = newValue }
    }

    var flags: UInt8 {
        get { form.flags }
        set { form.flags = newValue }
    }
}

extension EventRecord {
    /// The fixed-size part of an event; `payload` is the number of bytes that travel beside it.
    init(_ event: Event, rip: UInt64, time: UInt32, instructions: UInt64 = 0, payload: Int) {
        self.init(kind: event.kind.rawValue, rip: rip, time: time)
        self.instructions = instructions
        switch event {
        case .portRead(let access):
            self.init(access, isWrite: false, rip: rip, time: time, instructions: instructions)
        case .portWrite(let access):
            self.init(access, isWrite: true, rip: rip, time: time, instructions: instructions)
        case .memoryRead(let access), .memoryWrite(let access):
            address = access.address.rawValue
            detail = access.length
            value = access.value
        case .readMSR(let index, let given):
            key = index
            value = given ?? 0
            flags = given == nil ? Self.faultFlag : 0
        case .writeMSR(let index, let given, let faults):
            key = index
            value = given
            flags = faults ? Self.faultFlag : 0
        case .halt, .tripleFault, .nonMaskableInterrupt:
            break
        case .interrupt(let vector):
            detail = vector
        case .deviceWrite(let target, _):
            address = target.rawValue
            value = UInt64(payload)
        case .deviceRead(let read):
            key = UInt32(read.port.rawValue)
            address = read.address.rawValue
            detail = read.content.form.rawValue
            flags = read.isConsole ? Self.consoleFlag : 0
            value = read.byteCount
        case .hiddenRead(let read):
            detail = read.instruction.rawValue
            value = read.value
            auxiliary = read.auxiliary
            flags = read.succeeded ? Self.succeededFlag : 0
        case .keyframe(let number, let position):
            value = UInt64(number)
            detail = position.rawValue
        case .end:
            value = UInt64(payload)
        }
    }

    /// An access to a port.
    init(_ access: PortAccess, isWrite: Bool, rip: UInt64, time: UInt32, instructions: UInt64) {
        let form = EventForm(
            kind: isWrite ? Event.Kind.portWrite.rawValue : Event.Kind.portRead.rawValue,
            detail: access.size.rawValue,
            flags: access.isConsole ? Self.consoleFlag : 0,
            key: UInt32(access.port.rawValue)
        )
        self.init(form, rip: rip, time: time)
        self.instructions = instructions
        value = UInt64(access.value)
    }

    /// Whether it is an event that bytes never belong to, and not a keyframe.
    var isPlain: Bool {
        switch Event.Kind(rawValue: kind) {
        case .deviceWrite, .deviceRead, .keyframe, .end, nil: false
        default: true
        }
    }

    /// The number of bytes that belong to the record besides itself.
    var payloadSize: Int {
        switch kind {
        case Event.Kind.deviceRead.rawValue where detail == DeviceRead.Form.digest.rawValue: Limits.digestBytes
        case Event.Kind.deviceWrite.rawValue, Event.Kind.deviceRead.rawValue, Event.Kind.end.rawValue, Crossing.page,
            Crossing.state:
            Int(value)
        default: 0
        }
    }
}

extension EventRecord {
    /// What crosses to the writer's thread besides events: the parts of a keyframe, which come before its event.
    enum Crossing {
        static let page: UInt8 = 0xF0
        static let state: UInt8 = 0xF1
        static let processorDigest: UInt8 = 0xF2
        static let memoryDigest: UInt8 = 0xF3
    }

    /// Announces the content of a page.
    init(pageAt page: GuestPhysicalAddress) {
        self.init(kind: Crossing.page, rip: 0, time: 0)
        address = page.rawValue
        value = UInt64(Limits.pageBytes)
    }

    /// Announces a processor state whose encoding has this many bytes.
    init(stateOf byteCount: Int) {
        self.init(kind: Crossing.state, rip: 0, time: 0)
        value = UInt64(byteCount)
    }

    /// The digests of a state.
    static func digests(_ digest: StateDigest) -> (processor: Self, memory: Self) {
        var processor = Self(kind: Crossing.processorDigest, rip: 0, time: 0)
        (processor.value, processor.address) = (digest.processor.low, digest.processor.high)
        var memory = Self(kind: Crossing.memoryDigest, rip: 0, time: 0)
        (memory.value, memory.address) = (digest.memory.low, digest.memory.high)
        return (processor, memory)
    }
}
